// Reads one stream to its end and keeps nothing, in a process of its own: what a reader's decryption costs is not the hub's.
import { request } from 'node:https';

process.on('message', ({ targetUri, options, body }) => {
  const started = performance.now();
  const sent = request(targetUri, { ...options, agent: false }, (response) => {
    let bytes = 0;
    let lines = 0;
    let last = Buffer.alloc(0);
    response.on('data', (chunk) => {
      bytes += chunk.length;
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
      last = Buffer.concat([last, chunk]).subarray(-8_192);
    });
    response.on('end', () => {
      const whole = last.includes('{"$end"');
      process.send({ bytes, lines, milliseconds: performance.now() - started, whole });
    });
  });
  sent.on('error', (error) => process.send({ error: error.message }));
  sent.end(body);
});
