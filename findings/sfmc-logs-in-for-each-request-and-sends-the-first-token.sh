#!/usr/bin/env bash
# sfmc 0.1.10 (with suds-community 1.2.0 in the place of suds-jurko 0.6, which newer tools do not install)
# The client for Marketing Cloud's SOAP API renews its token ahead of time, before a request, when the token is about to
# end or is ten minutes old. How old it is, it works out from the time at which the client was made, and never sets that
# anew: from the eleventh minute on, each request logs in. The new token is kept and not used: the SOAP header was built
# with the first one and is not built again. A program that asks for subscribers page by page makes a login for each page,
# and when the first token ends, after 20 minutes, it is refused, with a fresh token in its hands that it never sends.
# Seen: three requests in the first minute make no login; of three in minute 11 each makes one, and all six send the first
# token; in minute 21 a fifth token is issued, the first one is sent and the org refuses it.
# Fails when the new token is sent. Run by hand, outside CI; it needs Python and pip, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" suds-community==1.2.0 requests==2.34.2
python/bin/pip install --quiet --disable-pip-version-check --no-deps sfmc==0.1.10 2>/dev/null
cat >marketing.wsdl <<'W'
<?xml version="1.0"?>
<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:t="http://exacttarget.com/wsdl/partnerAPI"
    targetNamespace="http://exacttarget.com/wsdl/partnerAPI">
  <types>
    <xsd:schema targetNamespace="http://exacttarget.com/wsdl/partnerAPI" elementFormDefault="qualified">
      <xsd:complexType name="RetrieveRequest"><xsd:sequence>
        <xsd:element name="ObjectType" type="xsd:string"/>
        <xsd:element name="Properties" type="xsd:string" minOccurs="0" maxOccurs="unbounded"/>
      </xsd:sequence></xsd:complexType>
      <xsd:element name="RetrieveRequestMsg"><xsd:complexType><xsd:sequence>
        <xsd:element name="RetrieveRequest" type="t:RetrieveRequest"/>
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:element name="RetrieveResponseMsg"><xsd:complexType><xsd:sequence>
        <xsd:element name="OverallStatus" type="xsd:string"/>
        <xsd:element name="RequestID" type="xsd:string"/>
      </xsd:sequence></xsd:complexType></xsd:element>
    </xsd:schema>
  </types>
  <message name="ask"><part name="parameters" element="t:RetrieveRequestMsg"/></message>
  <message name="reply"><part name="parameters" element="t:RetrieveResponseMsg"/></message>
  <portType name="Soap"><operation name="Retrieve">
    <input message="t:ask"/><output message="t:reply"/>
  </operation></portType>
  <binding name="SoapBinding" type="t:Soap">
    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
    <operation name="Retrieve"><soap:operation soapAction="Retrieve"/>
      <input><soap:body use="literal"/></input><output><soap:body use="literal"/></output>
    </operation>
  </binding>
  <service name="PartnerAPI"><port name="Soap" binding="t:SoapBinding">
    <soap:address location="http://127.0.0.1/"/>
  </port></service>
</definitions>
W
cat >run.py <<'P'
import json
import os
import re
import time

import requests
import server
import sfmc

logins, minute, started, sent = 0, 0, time.time(), []
time.time = lambda: started + 60 * minute


class Answers(server.Org):
    """Marketing Cloud's SOAP API. A token ends 20 minutes after its login."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'])).decode()
        sent.append(re.search('token [0-9]+', body).group())
        status = 'OK' if minute < 20 or sent[-1] == f'token {logins}' else 'Error: Token Expired'
        text = (
            '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><RetrieveResponseMsg'
            f' xmlns="http://exacttarget.com/wsdl/partnerAPI"><OverallStatus>{status}</OverallStatus>'
            '<RequestID>1</RequestID></RetrieveResponseMsg></e:Body></e:Envelope>'
        ).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/xml')
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def send(_adapter, request, **_options):
    global logins
    body = {'url': url}
    if 'requestToken' in request.url:
        logins += 1
        body = {'accessToken': 'rest', 'expiresIn': 1200, 'legacyToken': f'token {logins}', 'refreshToken': 'refresh'}
    response = requests.Response()
    response.status_code, response._content = 200, json.dumps(body).encode()
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
local, url = server.start(Answers)
client = sfmc.client_factory.set_params(
    {'client_id': 'app', 'client_secret': 'secret', 'wsdl_local_path': os.path.abspath('marketing.wsdl')}
).make()
for minute, count in ((0, 3), (11, 3), (21, 1)):
    before, status = logins, ''
    sent.clear()
    for _ in range(count):
        status = client.soap_get('Subscriber', props=['SubscriberKey']).message
    print(f'minute {minute}: {count} requests, {logins - before} logins, {", ".join(sent)}, {status}')
local.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'minute 0: 3 requests, 0 logins, token 1, token 1, token 1, OK
minute 11: 3 requests, 3 logins, token 1, token 1, token 1, OK
minute 21: 1 requests, 1 logins, token 1, Error: Token Expired' ]
