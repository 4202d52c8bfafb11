/** A stranger without a certificate opens connections from several addresses at once: each has its limit, and a department is answered. */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { cityHub } from '../cityHub.ts';

const { hub, city } = await cityHub({ jobsByTime: false });

/** connections that one address may have: `connections.perAddress`, by default */
const perAddress = 512;
const addresses = Array.from({ length: 8 }, (_, nth) => `127.0.0.${20 + nth}`);
const tried = 150;

test('connections from eight addresses, with many silent ones each: a department is answered, and they are ended', async () => {
  const port = Number(new URL(hub.hub.origins.exchange).port);
  const sockets: Socket[] = [];
  let ended = 0;
  for (const localAddress of addresses)
    for (let n = 0; n < tried; n += 1) {
      const socket = connect({ host: '127.0.0.1', port, localAddress });
      socket.on('error', () => undefined);
      socket.on('close', () => (ended += 1));
      sockets.push(socket);
    }
  const explain = () =>
    city.education.client.explain(
      'pub-security.household',
      {},
      {
        purpose: 'school-enrolment',
        agreement: 'agr-school-enrolment',
      },
    );
  const begun = performance.now();
  await explain();
  assert.ok(performance.now() - begun < 5_000, 'with 1,200 silent connections open');
  // one address beyond its limit: its further connections end at once, those of others stay
  const greedy = Array.from({ length: perAddress - tried + 20 }, () => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: addresses[0] ?? '' });
    socket.on('error', () => undefined);
    socket.on('close', () => (ended += 1));
    return socket;
  });
  while (ended < 20) await new Promise((done) => setTimeout(done, 20));
  await explain();
  for (const socket of [...sockets, ...greedy]) socket.destroy();
});

test('10,000 connections from forty addresses, more than the listener holds: a department connects and is answered, and so is one that was there', async () => {
  const port = Number(new URL(hub.hub.origins.exchange).port);
  const newcomer = await hub.enrol('transport');
  const none = { purpose: 'school-enrolment', agreement: 'agr-none' };
  const ask = ({ client }: { readonly client: DatongClient }) =>
    client.explain('pub-security.household', {}, none);
  const sockets = new Set<Socket>();
  let opened = 0;
  const from = (nth: number) =>
    new Promise<void>((done) => {
      const localAddress = `127.0.1.${1 + (nth % 40)}`;
      const socket = connect({ host: '127.0.0.1', port, localAddress }, () => {
        opened += 1;
        done();
      });
      sockets.add(socket);
      socket.on('error', () => done());
      socket.once('close', () => sockets.delete(socket));
    });
  for (let nth = 0; nth < 10_000; nth += 250)
    await Promise.all(Array.from({ length: 250 }, (_, i) => from(nth + i)));
  assert.ok(opened > 9_000, `${opened} were opened`);
  assert.ok(sockets.size > 3_000, `${sockets.size} are open: the listener is full`);
  const begun = performance.now();
  // its connection is new: it takes the place of a silent one
  assert.equal((await ask(newcomer)).status, 200);
  assert.equal((await ask(city.education)).status, 200);
  assert.ok(performance.now() - begun < 5_000);
  for (const socket of sockets) socket.destroy();
  newcomer.client.close();
});
