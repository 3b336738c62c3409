# For the scripts of this folder: a temporary folder with CumulusCI Plus, and `plus.py` in it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$(dirname "${BASH_SOURCE[0]}")/plus.py" "$work"
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check cumulusci-plus==5.7.0
