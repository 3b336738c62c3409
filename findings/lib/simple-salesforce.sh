# For the scripts of this folder: a temporary folder with simple-salesforce, and `org.py` in it.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$(dirname "${BASH_SOURCE[0]}")/org.py" "$work"
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check simple-salesforce==1.12.10 requests==2.34.2
