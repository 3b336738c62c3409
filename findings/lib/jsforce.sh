# For the scripts of this folder: a temporary folder with both packages of jsforce, and `org.js`.
. "$(dirname "${BASH_SOURCE[0]}")/node.sh" jsforce@3.10.26 @jsforce/jsforce-node@3.12.0
