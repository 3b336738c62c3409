// A stand-in for an org, for clients in Node: a server on this machine that answers logins and requests.
const http = require('node:http');
const expired = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
module.exports = class Org {
  // Each login gives a new session; what `login` gives is added to the answer, and an `error` in it refuses the login. A
  // request with another session than the newest is answered as expired, unless `ended` gives another answer, and others
  // by the result of a query without records, unless `answer` does. A text is sent as XML, and both may set status and
  // headers of the response. `see` is told of all requests.
  constructor({ see = () => {}, login = () => ({}), answer = () => undefined, ended = () => undefined } = {}) {
    this.sessions = 0;
    this.server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        let given;
        see(request, body);
        if (request.url === '/services/oauth2/token') {
          this.current = `session${(this.sessions += 1)}`;
          const id = `${this.url}/id/00D000000000001AAA/005000000000001AAA`;
          given = { access_token: this.current, instance_url: this.url, id, ...login(new URLSearchParams(body)) };
          if (given.error) response.statusCode = 400;
        } else if (request.headers.authorization === `Bearer ${this.current}` || body.includes(`>${this.current}<`)) {
          given = answer(request, body, response) ?? { totalSize: 0, done: true, records: [] };
        } else if (!request.url.startsWith('/services/oauth2/revoke')) {
          response.statusCode = 401;
          given = ended(request, response) ?? expired;
        }
        const isText = typeof given === 'string';
        const type = isText ? 'text/xml' : 'application/json';
        if (!response.hasHeader('content-type')) response.setHeader('content-type', `${type};charset=UTF-8`);
        response.end(isText ? given : JSON.stringify(given));
      });
    });
  }

  async open() {
    await new Promise((opened) => this.server.listen(0, '127.0.0.1', opened));
    this.url = `http://127.0.0.1:${this.server.address().port}`;
  }

  expire() {
    this.current = 'ended';
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
};
