import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { chinaWorkingCalendar as china } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { Problem } from '../../../terms/problem.ts';
import { actorsOf, refuseSamePerson, type RequestedAct } from './mayAct.ts';
import { decree809, procedureFault, type Procedure, type Stage } from './procedure.ts';
import type { RequestEvent } from './requestLife.ts';
import { deadlineOf, standingOf } from './standing.ts';

const title = { zh: '环节', en: 'stage' };
const stage = (code: string, by: Stage['by'], days: number): Stage => ({
  code,
  title,
  by,
  role: 'steward',
  days,
});
const city: Procedure = {
  ...decree809,
  stages: [
    stage('internal', 'consumer', 2),
    stage('compliance', 'office', 2),
    stage('first', 'provider', 20),
    stage('final', 'provider', 20),
  ],
  clock: { answerDays: 10, extensionDays: 10, escalateDays: 2, returnStops: false },
};
const papers = { reason: 'enrolment', commitment: 'a'.repeat(64) };
const at = (day: string): number => Date.parse(`${day}T10:00:00+08:00`);

/** `make 2026-02-11 ann`, `pass 2026-02-12 bob`, … */
function events(...reported: readonly string[]): RequestEvent[] {
  return reported.map((one, i): RequestEvent => {
    const [act = '', day = '', person = ''] = one.split(' ');
    const content = act === 'make' ? { document: '{}', papers } : {};
    return { seq: i + 1, act: act as RequestEvent['act'], at: at(day), person, ...content };
  });
}
const stateAfter = (...reported: readonly string[]) => standingOf(events(...reported), city.stages, china);
const code = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
};

describe('stages are data', () => {
  test('two procedures give two paths', () => {
    const path = (stages: readonly Stage[]): string[] => {
      const reported = ['make 2026-02-11 ann'];
      const passed: string[] = [];
      for (let i = 0; i < stages.length; i += 1) {
        const now = standingOf(events(...reported), stages, china);
        const { by, act } = actorsOf('req-1', now, 'pass');
        passed.push(`${by} ${act}`);
        reported.push(`${act} 2026-02-12 p${i}`);
      }
      return [...passed, standingOf(events(...reported), stages, china).state];
    };
    assert.deepEqual(path(decree809.stages), ['consumer pass', 'provider approve', 'approved']);
    assert.deepEqual(path(city.stages), [
      ...['consumer pass', 'office pass', 'provider pass', 'provider approve'],
      'approved',
    ]);
    assert.equal(standingOf(events('make 2026-02-11 ann'), [], china).state, 'approved');
  });

  test('a procedure whose last stage is not of the provider, or with a code twice, is invalid', () => {
    assert.equal(procedureFault(decree809), undefined);
    assert.ok(procedureFault({ ...city, stages: city.stages.slice(0, 2) }));
    assert.ok(
      procedureFault({ ...city, unconditional: [stage('one', 'office', 1), stage('one', 'office', 1)] }),
    );
  });
});

describe('clocks', () => {
  const toProvider = ['make 2026-02-09 ann', 'pass 2026-02-10 bob', 'pass 2026-02-11 cho'];
  const due = (procedure: Procedure, now: string, ...reported: readonly string[]) =>
    deadlineOf(standingOf(events(...reported), procedure.stages, china), procedure, china, at(now));

  test('the answer is due ten working days after the provider’s first stage, over the Spring Festival and its make-up Saturday', () => {
    assert.deepEqual(due(city, '2026-02-12', ...toProvider), {
      day: '2026-03-03',
      provisional: false,
      escalated: false,
    });
    assert.equal(
      due(city, '2026-02-28', ...toProvider)?.escalated,
      true,
      'Saturday 28 is worked: two days are left',
    );
    assert.equal(
      due(city, '2026-02-28', ...toProvider, 'pass 2026-02-28 dan')?.day,
      '2026-03-03',
      'one clock for both',
    );
  });

  test('an extension counts once the data office has agreed', () => {
    const requested = [...toProvider, 'ask-extension 2026-02-24 dan'];
    assert.equal(due(city, '2026-02-24', ...requested)?.day, '2026-03-03');
    assert.equal(due(city, '2026-02-24', ...requested, 'agree-extension 2026-02-25 eve')?.day, '2026-03-17');
  });

  test('an extension is of the stage in which it was agreed to and of the provider’s answer, and of no later stage', () => {
    const brief = {
      ...city,
      stages: [...city.stages.slice(0, 3), stage('check', 'office', 2), stage('final', 'provider', 3)],
    };
    const agreed = [...toProvider, 'ask-extension 2026-02-24 dan', 'agree-extension 2026-02-25 eve'];
    assert.equal(due(brief, '2026-02-25', ...agreed)?.day, '2026-03-17', 'its answer and its stage');
    const checked = [...agreed, 'pass 2026-02-26 dan'];
    assert.equal(due(brief, '2026-02-26', ...checked)?.day, '2026-02-28', 'two days of the office');
    const last = [...checked, 'pass 2026-02-28 gus'];
    assert.equal(due(brief, '2026-02-28', ...last)?.day, '2026-03-04', 'three days of the last stage');
    const late = [...toProvider, 'ask-extension 2026-02-24 dan', 'pass 2026-02-25 dan'];
    const other = [...late, 'agree-extension 2026-02-26 eve'];
    assert.equal(due(brief, '2026-02-26', ...other)?.day, '2026-02-27', 'the office asked for none');
  });

  test('a return stops the clock only where the procedure defines it', () => {
    const back = [...toProvider, 'return 2026-02-12 dan'];
    const stops = { ...city, clock: { ...city.clock, returnStops: true } };
    assert.equal(due(city, '2026-02-12', ...back)?.day, '2026-03-03');
    assert.equal(due(stops, '2026-02-12', ...back), undefined);
    const again = [...back, 'supplement 2026-02-24 ann'];
    assert.equal(due(city, '2026-02-24', ...again)?.day, '2026-03-03');
    assert.equal(
      due(stops, '2026-02-24', ...again)?.day,
      '2026-03-06',
      '13, 14 and 24 February do not count',
    );
  });

  test('days on which the clock stopped in one stage do not count for another', () => {
    const stops = { ...city, clock: { ...city.clock, returnStops: true } };
    const waited = ['make 2026-03-02 ann', 'return 2026-03-03 bob', 'supplement 2026-03-13 ann'];
    const passed = [...waited, 'pass 2026-03-16 bob'];
    assert.equal(due(stops, '2026-03-16', ...waited)?.day, '2026-03-16', 'two days, and eight that it stood');
    assert.equal(due(stops, '2026-03-16', ...passed)?.day, '2026-03-18', 'two days of the office');
    const answered = [...passed, 'pass 2026-03-17 cho'];
    assert.equal(due(stops, '2026-03-17', ...answered)?.day, '2026-03-31', 'ten days of the provider');
    const [first, last] = ['return 2026-03-18 dan', 'supplement 2026-03-20 ann'];
    const again = [...answered, first, last, 'pass 2026-03-23 dan'];
    assert.equal(due(stops, '2026-03-23', ...again)?.day, '2026-04-02', 'the provider’s clock is one');
    const brief = { ...stops, stages: [...stops.stages.slice(0, 3), stage('final', 'provider', 3)] };
    assert.equal(due(brief, '2026-03-23', ...again)?.day, '2026-03-26', 'the last stage has its own days');
  });

  test('beyond the announced holidays it is provisional', () => {
    assert.deepEqual(due(city, '2026-12-29', 'make 2026-12-28 ann', 'pass 2026-12-29 bob'), {
      day: '2026-12-31',
      provisional: false,
      escalated: true,
    });
    const late = due(city, '2026-12-30', 'make 2026-12-28 ann', 'pass 2026-12-29 bob', 'pass 2026-12-30 cho');
    assert.equal(late?.provisional, true);
  });
});

describe('whose act it is', () => {
  const toLast = ['make 2026-02-09 ann', 'pass 2026-02-10 bob', 'pass 2026-02-11 cho', 'pass 2026-02-12 dan'];
  const refused = (requested: RequestedAct, ...reported: readonly string[]): string =>
    code(() => actorsOf('req-1', stateAfter(...reported), requested));

  test('each place returns once, with one list; only the last stage offers', () => {
    const returned = ['make 2026-02-09 ann', 'return 2026-02-10 bob', 'supplement 2026-02-11 ann'];
    assert.equal(refused('return', ...returned), 'return_once');
    assert.equal(refused('return', ...returned, 'pass 2026-02-12 bob'), 'done', 'another place may');
    assert.equal(refused('offer', ...toLast.slice(0, 3)), 'not_the_last_stage');
    assert.equal(refused('offer', ...toLast), 'done');
  });

  test('what was offered is accepted by the asking department or ends; what ended does not go on', () => {
    const offered = [...toLast, 'offer 2026-02-13 eve'];
    assert.deepEqual(actorsOf('req-1', stateAfter(...offered), 'accept'), {
      act: 'accept',
      by: 'consumer',
      role: 'steward',
    });
    for (const requested of ['pass', 'return', 'refuse', 'offer'] as const)
      assert.equal(refused(requested, ...offered), 'transition_not_allowed');
    for (const end of ['refuse', 'approve', 'withdraw'])
      for (const requested of ['pass', 'accept', 'withdraw', 'supplement', 'ask-extension'] as const)
        assert.equal(
          refused(requested, ...toLast, `${end} 2026-02-13 eve`),
          'transition_not_allowed',
          `${end} ${requested}`,
        );
  });

  test('an extension is asked by the provider, once, and agreed to only where it was asked', () => {
    assert.equal(refused('ask-extension', 'make 2026-02-09 ann'), 'transition_not_allowed');
    assert.equal(refused('agree-extension', ...toLast), 'transition_not_allowed');
    assert.equal(
      refused('ask-extension', ...toLast, 'ask-extension 2026-02-12 dan'),
      'transition_not_allowed',
    );
    assert.equal(refused('agree-extension', ...toLast, 'ask-extension 2026-02-12 dan'), 'done');
  });

  test('persons are compared: the requester reviews nothing, no person decides two stages or agrees to their own extension', () => {
    const now = stateAfter(...toLast, 'ask-extension 2026-02-12 fay');
    const same = (act: 'approve' | 'offer' | 'hand-on' | 'agree-extension', person: string): string =>
      code(() => refuseSamePerson(now, act, [person]));
    for (const person of ['ann', 'bob', 'cho', 'dan'])
      for (const act of ['approve', 'hand-on'] as const)
        assert.equal(same(act, person), 'four_eyes', `${act} ${person}`);
    assert.equal(same('hand-on', 'eve'), 'done');
    assert.equal(same('offer', 'dan'), 'four_eyes');
    assert.equal(same('approve', 'eve'), 'done');
    assert.equal(same('agree-extension', 'fay'), 'four_eyes');
    assert.equal(same('agree-extension', 'cho'), 'done');
  });
});

describe('papers', () => {
  const basisText = 'b'.repeat(64);
  const law = (clause: string): string => JSON.stringify({ basis: { type: 'statutory', clause } });
  const after = (changed: Partial<RequestEvent>): string | undefined => {
    const [made, returned, answered] = events(
      ...['make 2026-02-09 ann', 'return 2026-02-10 bob', 'supplement 2026-02-11 ann'],
    );
    assert.ok(made && returned && answered);
    const first = { ...made, document: law('12'), papers: { ...papers, basisText } };
    return standingOf([first, returned, { ...answered, ...changed }], city.stages, china).papers.basisText;
  };

  test('a supplement leaves the cited text among them, unless it sends another or cites something else', () => {
    assert.equal(after({ papers }), basisText);
    assert.equal(after({ papers, document: law('12') }), basisText);
    assert.equal(after({ papers: { ...papers, basisText: 'c'.repeat(64) } }), 'c'.repeat(64));
    assert.equal(after({ papers, document: law('13') }), undefined);
  });
});
