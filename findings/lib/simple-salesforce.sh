# For the scripts of this folder: a temporary folder with simple-salesforce, and `org.py` in it.
lib=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$lib/python.sh" simple-salesforce==1.12.10 requests==2.34.2
cp "$lib/org.py" .
