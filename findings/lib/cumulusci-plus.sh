# For the scripts of this folder: a temporary folder with CumulusCI Plus, and `plus.py` in it.
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$lib/python.sh" cumulusci-plus==5.7.0
cp "$lib/plus.py" .
