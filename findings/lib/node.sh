# For the scripts of this folder: a temporary folder with the npm packages that are named, Node, and `org.js`.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$(dirname "${BASH_SOURCE[0]}")/org.js" "$work"
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error "$@" node@24.21.0 >/dev/null
