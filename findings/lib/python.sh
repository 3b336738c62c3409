# For the scripts of this folder: a temporary folder with the Python packages that are named, and `server.py`.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$(dirname "${BASH_SOURCE[0]}")/server.py" "$work"
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check "$@"
