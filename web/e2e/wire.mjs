// A program that uses the API over the wire, as a company's own software would. Hosts are given by name, and reached at the
// loopback address, for not every resolver knows *.localhost.
import { request } from 'node:http';

/** Asks `path` of a company's host with its API key; answers { status, type, body }. */
export function ask(base, company, method, path, body) {
  const { port } = new URL(base);
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const headers = { host: `${company.slug}.localhost:${port}`, authorization: `Bearer ${company.api_key}`, ...(sent && { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }) };
  return new Promise((done, fail) => {
    const going = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; }).on('end', () => done({ status: response.statusCode, type: response.headers['content-type'] ?? '', text, body: /json/.test(response.headers['content-type'] ?? '') ? JSON.parse(text) : null }));
    });
    going.on('error', fail);
    going.end(sent);
  });
}
