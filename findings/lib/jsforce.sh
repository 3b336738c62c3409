# For the scripts of this folder: a temporary folder with both packages of jsforce.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error jsforce@3.10.26 @jsforce/jsforce-node@3.12.0 node@24.21.0 >/dev/null
