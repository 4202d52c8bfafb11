// Preloaded into a process that runs a hub (`node --import`): writes what its listeners are asked and answer, a line of JSON a call, into the
// folder DATONG_RECORD. Nothing of the hub knows of it.
import { appendFileSync } from 'node:fs';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { join } from 'node:path';

const folder = process.env.DATONG_RECORD;
const maxBytes = 64 * 1024;
const asked = new WeakMap();
const answered = new WeakMap();

const record = (chunks, owner, chunk, encoding) => {
  if (chunk === null || chunk === undefined || typeof chunk === 'function') return;
  const bytes =
    typeof chunk === 'string'
      ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8')
      : Buffer.from(chunk);
  chunks.set(owner, Buffer.concat([chunks.get(owner) ?? Buffer.alloc(0), bytes]).subarray(0, maxBytes));
};

if (folder !== undefined) {
  IncomingMessage.prototype.push = function push(chunk, encoding) {
    if (this.method !== null) record(asked, this, chunk, encoding);
    return Readable.prototype.push.call(this, chunk, encoding);
  };
  const { write, end } = ServerResponse.prototype;
  ServerResponse.prototype.write = function recordedWrite(chunk, encoding, done) {
    record(answered, this, chunk, encoding);
    return write.call(this, chunk, encoding, done);
  };
  ServerResponse.prototype.end = function recordedEnd(chunk, encoding, done) {
    record(answered, this, chunk, encoding);
    const { req } = this;
    const line = {
      method: req.method,
      url: req.url,
      headers: req.headers,
      asked: (asked.get(req) ?? Buffer.alloc(0)).toString('latin1'),
      status: this.statusCode,
      type: String(this.getHeader('content-type') ?? ''),
      answered: (answered.get(this) ?? Buffer.alloc(0)).toString('latin1'),
    };
    appendFileSync(join(folder, `${process.pid}.ndjson`), `${JSON.stringify(line)}\n`);
    return end.call(this, chunk, encoding, done);
  };
}
