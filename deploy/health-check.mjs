#!/usr/bin/env node
// Ends with 0 if the server on this machine is up and can store messages: `health-check.mjs [PORT]`. For containers and
// monitors that cannot ask the standard gRPC health service themselves. It needs no login and nothing installed.
import { connect } from 'node:http2';

const port = process.argv[2] ?? '65002';
const patienceMs = 4000;
/** gRPC's frame: not compressed, four bytes of length, and an empty `HealthCheckRequest`: the server as a whole. */
const request = Buffer.from([0, 0, 0, 0, 0]);
/** The same of a `HealthCheckResponse` whose first field, `status`, is 1: SERVING. */
const serving = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

// The server is this machine's own, so its certificate has nothing to prove.
const answers = await Promise.all([
  ask(`https://localhost:${port}`, { rejectUnauthorized: false }),
  ask(`http://localhost:${port}`, {}),
]);
const healthy = answers.some((answer) => answer.equals(serving));
console.log(healthy ? 'serving' : 'not serving');
process.exit(healthy ? 0 : 1);

/** What the server answers; nothing if there is none, or it speaks TLS where we do not. */
function ask(address, options) {
  return new Promise((resolve) => {
    const session = connect(address, options);
    const parts = [];
    const end = () => {
      session.destroy();
      resolve(Buffer.concat(parts));
    };
    session.on('error', end).setTimeout(patienceMs, end);
    const call = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    call
      .on('data', (part) => parts.push(part))
      .on('error', end)
      .on('close', end)
      .end(request);
  });
}
