/** An entry whose row is gone is reported by everything that would have shown it. Run on the hub of findings.test.ts, last of all. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkEvidence } from '../../clients/cli/audit/evidence/checkEvidence.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { entry } from '../../hub/log/entry.ts';
import { parseVkey } from '../../log/note/noteKey.ts';
import type { EvidenceFile } from '../../log/pack/evidenceFile.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { writeDemoState } from '../demoState.ts';
import type { TestDatabase } from '../database.ts';
import type { TestHub } from '../hub.ts';
import { readWholeLog } from '../readWholeLog.ts';
import { overwritten, readBackIsOver, takenOut } from '../takenOut.ts';
import { typedDatong } from '../typedDatong.ts';

interface Stage {
  readonly hub: TestHub;
  readonly database: TestDatabase;
  readonly home: string;
  readonly auditor: string;
}

/** entries of a chunk of the index */
const chunk = 1_024;

export function goneEntryTests({ hub, database, home, auditor }: Stage): void {
  const aDay = 86_400_000;
  const span = (): { from: string; until: string } => ({
    from: new Date(database.now() - 30 * aDay).toISOString(),
    until: new Date(database.now() + aDay).toISOString(),
  });
  const question = { agreement: 'agr-gone@1' };
  const why = { reason: 'a leak', case: 'AQ-2026-7' };
  const state = join(home, 'gone.json');
  const datong = (...words: string[]) => typedDatong(words, { cwd: home, env: { DATONG_STATE: state } });
  const ask = async (token: string, method: string, path: string, body?: object) => {
    const { status, json } = await hub.staff(token, method, path, body);
    assert.ok(status < 300, JSON.stringify(json));
    return json;
  };
  /** A release by 教育局, under an agreement and a case that no other entry has. */
  const released = (
    matter: string,
    agreement: string,
    operation = 'queryDataset',
  ): Promise<{ readonly index: number }> => {
    const now = database.now();
    return hub.hub.audit.append(
      entry({
        exchange: uuid7(now),
        now,
        operation,
        kind: 'release',
        carried: undefined,
        actor: { proven: { department: 'education' } },
        facts: {
          consumer: 'education',
          provider: 'pub-security',
          dataset: 'pub-security.household',
          agreement,
          matter,
          onBehalfOf: 'o-1',
          rows: { delivered: 1, withheld: 0 },
        },
      }),
    );
  };
  /** The hub has found out that they are gone, and compared the index with them. */
  const reverified = async (): Promise<void> => {
    assert.equal(await hub.hub.runner.run('reverifyLog'), 'ok');
    const { rows } = await database.app.query<{ code: string }>('SELECT DISTINCT code FROM log_finding');
    assert.deepEqual(rows, [{ code: 'entry_missing' }]);
  };
  let clients: { readonly education: DatongClient; readonly police: DatongClient };
  let security = '';
  /** the release, the auditor's search, the department's query of its exchanges */
  let release = 0;
  let look = 0;
  let list = 0;
  /** the data office's decision about the department */
  let decided = 0;

  describe('an entry that an administrator of the database took out', () => {
    test('is in the index, as everything before it', async () => {
      const machines = [await hub.enrol('education'), await hub.enrol('pub-security')] as const;
      clients = { education: machines[0].client, police: machines[1].client };
      security = await hub.token('officer of the gone', ['security']);
      const tokens = { auditor, security };
      writeDemoState(state, { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } }, tokens, machines);
      release = (await released('GONE-1', 'agr-gone@1', 'checkFact')).index;
      await released('KEPT-1', 'agr-kept@1');
      const other = await hub.token('auditor of the gone', ['auditor']);
      await ask(other, 'POST', '/v1/log/searches', { limit: 1 });
      look = hub.hub.audit.size() - 1;
      await clients.education.exchanges({ limit: 1 });
      list = hub.hub.audit.size() - 1;
      const now = database.now();
      const decision = entry({
        exchange: uuid7(now),
        now,
        operation: 'decideRisk',
        kind: 'management',
        carried: undefined,
        actor: { proven: { person: 'who decides' } },
        facts: { consumer: 'education' },
      });
      decided = (await hub.hub.audit.append(decision)).index;
      const size = hub.hub.audit.size();
      const more = chunk - (size % chunk);
      await Promise.all(Array.from({ length: more }, (_, nth) => released(`MORE-${nth}`, 'agr-more@1')));
      await readWholeLog(hub.hub.database.app, hub.hub.audit.size());
      assert.equal(await hub.hub.runner.run('deriveTiles'), 'ok');
      await readBackIsOver();
      assert.deepEqual((await ask(security, 'GET', '/v1/log/reads'))['missing'], undefined);
      assert.equal((await clients.education.exchanges({})).json.missing, undefined);
    });

    test('by the accesses to the log: on the page where it would be, and to those who would see it', async () => {
      await takenOut(database, [look], async () => {
        await reverified();
        assert.deepEqual((await ask(security, 'GET', '/v1/log/reads?limit=200'))['missing'], [look]);
        assert.equal((await ask(security, 'GET', '/v1/log/reads?limit=1'))['missing'], undefined);
        const otherOfficer = await hub.token('theirs of the gone', ['security'], 'education');
        assert.equal((await ask(otherOfficer, 'GET', '/v1/log/reads?limit=200'))['missing'], undefined);
        const listed = await datong('audit', 'reads', '--as', 'security');
        assert.match(
          listed.stderr,
          new RegExp(
            `^1 more belong here and are missing from the log; they were removed: ${look}\\. Run`,
            'm',
          ),
        );
        const json = await datong('audit', 'reads', '--as', 'security', '--json');
        assert.deepEqual((JSON.parse(json.stdout) as { missing: unknown }).missing, [look]);
      });
    });

    test('by a department’s own exchanges, and not to the other side of them', async () => {
      await takenOut(database, [release, list, decided], async () => {
        await reverified();
        const own = (page: object = {}) => clients.education.exchanges({ limit: 200, ...page });
        const pages: number[] = [];
        for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
          const { json } = await own(cursor === undefined ? {} : { cursor });
          pages.push(...(json.missing ?? []));
          cursor = json.nextCursor;
        }
        assert.deepEqual(pages, [release]);
        assert.deepEqual((await own({ operation: 'checkFact' })).json.missing, [release]);
        // what the office decides about a department, or reads, is listed there likewise: a list that is narrowed to it shows nothing
        for (const operation of ['decideRisk', 'listExchanges'])
          assert.equal((await own({ operation })).json.missing, undefined, operation);
        assert.deepEqual((await own({ operation: 'checkFact', after: release })).json.missing, undefined);
        assert.equal((await clients.police.exchanges({ limit: 200 })).json.missing, undefined);
        const ran = await datong('logs', '--as', 'education', '--operation', 'checkFact', '--lang', 'zh');
        assert.match(
          ran.stderr,
          new RegExp(`另有 1 条应在此列，日志中却没有，被人取走：第 ${release} 条。请告知`),
        );
      });
    });

    test('by the assessment of an incident, its drafts and its sealed list', async () => {
      await takenOut(database, [release], async () => {
        await reverified();
        const assess = (more: object) =>
          ask(security, 'POST', '/v1/log/incidents', { ...span(), ...why, ...more });
        const found = await assess(question);
        assert.deepEqual([found['entries'], found['recipients'], found['missing']], [0, [], [release]]);
        // the key that signed it is not known any more
        assert.deepEqual((await assess({ ...question, keyid: 'x'.repeat(43) }))['missing'], [release]);
        assert.equal((await assess({ agreement: 'agr-kept@1' }))['missing'], undefined);
        const folder = join(home, 'incident');
        const { from, until } = span();
        const reported = await datong(
          ...['audit', 'incident', '--as', 'security', '--agreement', 'agr-gone@1', '--from', from],
          ...['--until', until, '--reason', why.reason, '--case', why.case, '-o', folder],
        );
        assert.equal(reported.code, 0, reported.stderr);
        assert.match(reported.stderr, new RegExp(`they were removed: ${release}\\.`));
        assert.match(readFileSync(join(folder, 'to-authority.md'), 'utf8'), /not known any more/);
      });
    });

    test('one that was overwritten likewise: by the accesses, a department’s own exchanges and an incident', async () => {
      const first = release - (release % chunk);
      for (const leaf of ["'\\x00'", `(SELECT leaf FROM audit_entry WHERE idx = ${first})`]) {
        await overwritten(database, look, leaf, async () => {
          assert.deepEqual((await ask(security, 'GET', '/v1/log/reads?limit=200'))['missing'], [look]);
        });
        await overwritten(database, release, leaf, async () => {
          const found = await ask(security, 'POST', '/v1/log/incidents', { ...span(), ...why, ...question });
          assert.deepEqual([found['entries'], found['recipients'], found['missing']], [0, [], [release]]);
          const { json } = await clients.education.exchanges({ operation: 'checkFact' });
          assert.deepEqual(json.missing, [release]);
        });
      }
    });

    test('by the evidence of what remains: on the screen, on paper, verified and reported', async () => {
      const folder = join(home, 'gone-evidence');
      const wanted = new RegExp(
        `1 more belong here and are missing from the log; they were removed: ${release}`,
      );
      await takenOut(database, [release], async () => {
        await reverified();
        const made = await ask(auditor, 'POST', '/v1/log/evidence', { ...why, question });
        const file = (await ask(
          auditor,
          'GET',
          `/v1/log/evidence/${String(made['id'])}`,
        )) as unknown as EvidenceFile;
        assert.deepEqual([file.chosen, file.missing, file.moreMissing], [[], [release], undefined]);
        const behind = await ask(auditor, 'POST', '/v1/log/evidence', {
          ...why,
          question: { ...question, first: release + 1 },
        });
        const none = await ask(auditor, 'GET', `/v1/log/evidence/${String(behind['id'])}`);
        assert.equal(none['missing'], undefined, 'what stands before the range is not asked for');
        const written = await datong(
          ...['audit', 'evidence', '--as', 'auditor', '--agreement', 'agr-gone@1', '--reason', why.reason],
          ...['--case', why.case, '-o', folder],
        );
        assert.equal(written.code, 0, written.stderr);
        assert.match(written.stderr, wanted);
      });
      const key = ['--key', hub.hub.keys.log.vkey];
      const verified = await datong('audit', 'verify', folder, ...key);
      assert.equal(verified.code, 0, verified.stderr);
      assert.match(verified.stdout + verified.stderr, wanted);
      const json = await datong('audit', 'verify', folder, ...key, '--json');
      const { evidence } = JSON.parse(json.stdout) as { evidence: { missing: unknown } };
      assert.deepEqual(evidence.missing, [release]);
      assert.match((await datong('audit', 'explain', folder, ...key)).stdout, wanted);
      assert.match(readFileSync(join(folder, 'print.html'), 'utf8'), wanted);
      assert.match(
        readFileSync(join(folder, 'print.zh-CN.html'), 'utf8'),
        new RegExp(`另有 1 条应在此列，日志中却没有，被人取走：第 ${release} 条`),
      );
    });

    test('evidence that says of an entry it has, or was not asked for, that it is gone, does not hold', () => {
      const path = join(home, 'gone-evidence', 'evidence.json');
      const file = JSON.parse(readFileSync(path, 'utf8')) as EvidenceFile;
      const keys = [parseVkey(hub.hub.keys.log.vkey)];
      const codes = (more: object): readonly (readonly unknown[])[] =>
        checkEvidence(JSON.stringify({ ...file, ...more }), { keys }).findings.map(({ code, index }) => [
          code,
          index,
        ]);
      assert.deepEqual(codes({}), []);
      const requested = { ...file.question, first: release };
      assert.deepEqual(codes({ question: requested, missing: [release - 1] }), [
        ['evidence_choice', release - 1],
      ]);
      assert.deepEqual(codes({ missing: [file.size] }), [['evidence_choice', file.size]]);
      for (const more of [{ missing: [] }, { missing: [2, 1] }, { missing: 'all' }, { moreMissing: false }])
        assert.deepEqual(codes(more), [['pack_malformed', undefined]], JSON.stringify(more));
    });

    test('of a whole range it is said that it is not complete, on paper too', async () => {
      const folder = join(home, 'range-evidence');
      const range = ['--first', String(release - 1), '--last', String(release + 1)];
      await takenOut(database, [release], async () => {
        const written = await datong(
          ...['audit', 'evidence', '--as', 'auditor', ...range, '--reason', why.reason, '--case', why.case],
          ...['-o', folder],
        );
        assert.equal(written.code, 5);
        assert.match(written.stderr + written.stdout, /evidence_incomplete/);
      });
      const form = readFileSync(join(folder, 'print.html'), 'utf8');
      const file = JSON.parse(readFileSync(join(folder, 'evidence.json'), 'utf8')) as EvidenceFile;
      assert.deepEqual(file.missing, [release]);
      const altered = JSON.stringify({ ...file, missing: [release, release + 1] });
      const { findings } = checkEvidence(altered, { keys: [parseVkey(hub.hub.keys.log.vkey)] });
      assert.deepEqual(
        findings.map(({ code, index }) => [code, index]),
        [
          ['evidence_choice', release + 1],
          ['evidence_incomplete', release],
        ],
        'it has the one that it calls gone',
      );
      assert.match(form, new RegExp(`only 2 are here[^<]*it is not complete: entry ${release} is not here`));
      assert.doesNotMatch(form, /every entry from/);
    });

    test('by a search, in either language; of a thousand and more it is said that they are more', async () => {
      // the usual period begins with the day in China, and the entry may be older than midnight
      const search = (...words: string[]) =>
        datong('audit', 'search', '--as', 'auditor', '--from', span().from, ...words);
      const own = ['--agreement', 'agr-gone@1'];
      await takenOut(database, [release], async () => {
        const en = `1 more belong here and are missing from the log; they were removed: ${release}\\. Run datong`;
        const zh = `另有 1 条应在此列，日志中却没有，被人取走：第 ${release} 条。请运行 datong audit verify`;
        assert.match((await search(...own)).stderr, new RegExp(en));
        assert.match((await search(...own, '--lang', 'zh')).stderr, new RegExp(zh));
      });
      const first = release - (release % chunk);
      const all = Array.from({ length: chunk - 1 }, (_, nth) => first + 1 + nth);
      await takenOut(database, all, async () => {
        const whole = await search('--limit', '1000');
        assert.match(whole.stderr, /^at least 1000 more belong here and are missing from the log/m);
      });
    });
  });
}
