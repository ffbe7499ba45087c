#!/usr/bin/env node
// Exits with 0 if the server on this machine accepts calls: `health-check.mjs [PORT]`. For containers and monitors that
// cannot query the standard gRPC health service themselves. Needs no login and no installed package.
import { connect } from 'node:http2';

const port = process.argv[2] ?? '65002';
const patienceMs = 4000;
/** A gRPC frame: not compressed, four bytes of length, and an empty `HealthCheckRequest`, which means the whole server. */
const request = Buffer.from([0, 0, 0, 0, 0]);
/** The frame of a `HealthCheckResponse` whose first field, `status`, is 1: SERVING. */
const serving = Buffer.from([0, 0, 0, 0, 2, 8, 1]);

// The server is on this machine, so its certificate need not be verified.
const answers = await Promise.all([
  ask(`https://localhost:${port}`, { rejectUnauthorized: false }),
  ask(`http://localhost:${port}`, {}),
]);
const healthy = answers.some((answer) => answer.equals(serving));
console.log(healthy ? 'serving' : 'not serving');
process.exit(healthy ? 0 : 1);

/** The bytes of the server's answer; none if there is no server, or it expects TLS and this is plaintext or the reverse. */
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
