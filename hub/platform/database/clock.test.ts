/** The database's clock is set by a privileged user: what the hub follows, what it does not, and how it continues. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { startClock, type ClockSources, type DatabaseClock, type ExplainedJump } from './clock.ts';

const begun = Date.UTC(2026, 10, 20);

/** A world whose clocks the test sets. ms */
class World {
  elapsed = 1_000_000;
  machine = 0;
  database = 0;
  slept = 0;
  server = 'first';
  readonly jumps: ExplainedJump[] = [];
  readonly sources: ClockSources = {
    monotonic: () => this.elapsed,
    wall: () => begun + this.elapsed + this.machine,
    uptime: () => this.elapsed + this.slept,
    ask: () => Promise.resolve({ at: begun + this.elapsed + this.database, server: this.server }),
  };

  start(): Promise<DatabaseClock> {
    return startClock(this.sources, (jump) => this.jumps.push(jump));
  }
}

const real = (world: World): number => begun + world.elapsed;

async function started(
  work: (world: World, clock: DatabaseClock) => Promise<void>,
  world = new World(),
): Promise<void> {
  const clock = await world.start();
  await work(world, clock).finally(() => clock.stop());
}

test('a small step is followed, and time never goes back for it', () =>
  started(async (world, clock) => {
    const before = clock.now();
    world.database = -1_500;
    world.elapsed += 500;
    await clock.look();
    assert.equal(clock.trouble(), undefined);
    assert.equal(clock.now(), before);
    world.elapsed += 5_000;
    assert.equal(clock.now(), real(world) - 1_500);
  }));

test('with a clock set 20 days back the hub stops; it continues when the clock is right again', () =>
  started(async (world, clock) => {
    world.database = -20 * 86_400_000;
    await clock.look();
    assert.equal(clock.trouble()?.code, 'clock_jumped');
    assert.equal(clock.trouble()?.status, 503);
    assert.equal(clock.now(), real(world));
    world.database = 0;
    await clock.look();
    assert.equal(clock.trouble(), undefined);
    assert.deepEqual(world.jumps, []);
  }));

test('set 700 s ahead together with this machine’s own clock: not followed', () =>
  started(async (world, clock) => {
    world.database = world.machine = 700_000;
    await clock.look();
    assert.equal(clock.trouble()?.code, 'clock_jumped');
    assert.equal(clock.now(), real(world));
  }));

test('walked away second by second, it is a jump all the same', () =>
  started(async (world, clock) => {
    for (let step = 0; step < 5; step += 1) {
      world.database += 1_000;
      world.elapsed += 5_000;
      await clock.look();
    }
    assert.equal(clock.trouble()?.code, 'clock_jumped');
    assert.ok(clock.now() - real(world) <= 2_100);
  }));

test('a clock that runs a little fast is followed for ever', () =>
  started(async (world, clock) => {
    for (let step = 0; step < 2_000; step += 1) {
      world.elapsed += 5_000;
      world.database += 2;
      await clock.look();
    }
    assert.equal(clock.trouble(), undefined);
    assert.equal(clock.now(), real(world) + 4_000);
  }));

test('after an hour of sleep the machine continues, and logs it', () =>
  started(async (world, clock) => {
    world.database = world.machine = world.slept = 3_600_000;
    await clock.look();
    assert.equal(clock.trouble(), undefined);
    assert.equal(clock.now(), real(world) + 3_600_000);
    assert.deepEqual(world.jumps, [{ reason: 'paused', milliseconds: 3_600_000 }]);
  }));

test('after a failover to a server whose clock is this machine’s, the hub goes on; to another’s, it does not', () => {
  const city = new World();
  city.machine = 1_900; // the first server is a little slow
  return started(async (world, clock) => {
    world.server = 'second';
    world.database = 3_000;
    await clock.look();
    assert.equal(clock.trouble(), undefined);
    assert.deepEqual(world.jumps, [{ reason: 'failover', milliseconds: 3_000 }]);
    world.server = 'third';
    world.database = 60_000;
    await clock.look();
    assert.equal(clock.trouble()?.code, 'clock_jumped');
  }, city);
});

test('a database that is away, or slow to answer, moves nothing', () =>
  started(async (world, clock) => {
    const slow = { ...world.sources };
    const ask = world.sources.ask;
    Object.assign(world.sources, { ask: () => Promise.reject(new Error('away')) });
    await clock.look();
    assert.equal(clock.trouble(), undefined);
    Object.assign(world.sources, {
      ask: () => {
        world.elapsed += 6_000;
        return ask();
      },
    });
    await clock.look();
    assert.equal(clock.now(), slow.wall());
  }));

test('two seconds apart at the start is refused; an older time than the log’s is never returned', async () => {
  const world = new World();
  world.database = -2_001;
  await assert.rejects(
    world.start(),
    (error: unknown) => error instanceof Problem && error.code === 'clock_skew',
  );
  await started((later, clock) => {
    clock.notBefore(real(later) + 1_000);
    assert.equal(clock.now(), real(later) + 1_000);
    later.elapsed += 1_500;
    assert.equal(clock.now(), real(later));
    return Promise.resolve();
  });
});
