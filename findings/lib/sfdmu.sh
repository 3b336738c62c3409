# For the scripts of this folder: a temporary folder with sfdmu, and `sfdmu.js` in it.
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$lib/node.sh" sfdmu@3.7.19
cp "$lib/sfdmu.js" .
