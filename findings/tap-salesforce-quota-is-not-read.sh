#!/usr/bin/env bash
# tap-salesforce 2.8.1 and pipelinewise-tap-salesforce 1.1.0 (beside simple-salesforce 1.12.10)
# Both taps have two options that protect the API calls of an org, for one run and for the day: beyond them the run ends
# with an error. They read the use from the header `Sforce-Limit-Info`, and only where it consists of `api-usage` alone.
# The REST API Developer Guide (Limit Info Header) also shows it with `api-bursts` behind it, and older editions with
# `per-app-api-usage`, the quota of one app. Then no limit holds and nothing is said: the run goes on until the org
# refuses the calls of every other integration, too. simple-salesforce reads the use in all three.
# Seen: at 99 % of the day's calls, with a limit of 80 %, both raise an error for the header with `api-usage` alone, and
# neither does for the two others.
# Fails when a tap ends for all three. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" tap-salesforce==2.8.1 simple-salesforce==1.12.10
python3 -m venv other
other/bin/pip install --quiet --disable-pip-version-check pipelinewise-tap-salesforce==1.1.0
cat >run.py <<'P'
import logging

from tap_salesforce.salesforce import Salesforce
from tap_salesforce.salesforce.exceptions import TapSalesforceQuotaExceededException

logging.disable()
tap = Salesforce(quota_percent_total=80, default_start_date='2026-01-01T00:00:00Z')
for more in ('', '; api-bursts=1/750', '; per-app-api-usage=17/250(appName=sync)'):
    header = f'api-usage=99000/100000{more}'
    try:
        tap.check_rest_quota_usage({'Sforce-Limit-Info': header})
        said = 'goes on'
    except TapSalesforceQuotaExceededException:
        said = 'ends'
    try:
        from simple_salesforce import Salesforce as Client
        said += f', simple-salesforce reads {Client.parse_api_usage(header)["api-usage"].used}'
    except ImportError:
        pass
    print(f'{header}: {said}')
P
seen=$(python/bin/python run.py; PYTHONWARNINGS=ignore other/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "api-usage=99000/100000: ends, simple-salesforce reads 99000
api-usage=99000/100000; api-bursts=1/750: goes on, simple-salesforce reads 99000
api-usage=99000/100000; per-app-api-usage=17/250(appName=sync): goes on, simple-salesforce reads 99000
api-usage=99000/100000: ends
api-usage=99000/100000; api-bursts=1/750: goes on
api-usage=99000/100000; per-app-api-usage=17/250(appName=sync): goes on" ]
