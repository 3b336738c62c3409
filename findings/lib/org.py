"""A stand-in for an org, for simple-salesforce: it answers logins and requests, and keeps what was sent."""
import json

import requests


class Org(requests.adapters.BaseAdapter):
    """Each login gives a new session id. A request with another id than the newest is answered as expired."""

    def __init__(self, host):
        super().__init__()
        self.host, self.sent, self.logins = host, [], 0
        self.session = requests.Session()
        self.session.mount('https://', self)

    def close(self):
        pass

    def expire(self):
        self.current = 'another'

    def send(self, request, **_options):
        self.sent.append(request)
        status, body = 200, {'id': '00Q000000000001AAA', 'success': True, 'errors': []}
        if '/services/Soap/u/' in request.url or '/services/oauth2/token' in request.url:
            self.logins += 1
            self.current = f'session {self.logins}'
            body = {'access_token': self.current, 'instance_url': f'https://{self.host}'}
        elif request.headers['Authorization'] != f'Bearer {self.current}':
            status, body = 401, [{'errorCode': 'INVALID_SESSION_ID', 'message': 'Session expired or invalid'}]
        text = json.dumps(body)
        if '/services/Soap/u/' in request.url:
            text = (
                '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
                ' xmlns="urn:partner.soap.sforce.com"><soapenv:Body><loginResponse><result>'
                f'<serverUrl>https://{self.host}/services/Soap/u/59.0/00D000000000001</serverUrl>'
                f'<sessionId>{self.current}</sessionId>'
                '</result></loginResponse></soapenv:Body></soapenv:Envelope>'
            )
        response = requests.Response()
        response.status_code, response._content = status, text.encode()
        response.url, response.request = request.url, request
        return response
