/** docs/guides/clerk.md is done as written, in both languages: every file, every command, every line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { readDocuments } from '../../clients/cli/apply/readDocuments.ts';
import { headers } from '../../clients/cli/demo/files/householdFile.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { typedDatong } from '../typedDatong.ts';
import { samples } from '../hub.ts';
import { noMariadb, startMariadb } from '../mariadb.ts';
import { people } from '../flows/householdRecords.ts';
import { assertEachLine, guideSteps, outputPattern, type Command } from './guideSteps.ts';
import { cityHub } from '../cityHub.ts';

const guides = resolve(import.meta.dirname, '../../docs/guides');
const world = mkdtempSync(join(tmpdir(), 'datong-clerk-'));
const mariadb = noMariadb === false ? await startMariadb('register') : undefined;
after(() => mariadb?.stop());
const authority = join(world, 'police-ca.pem');
writeFileSync(authority, mariadb?.ca ?? '');
const {
  hub,
  city: { publicSecurity, operator },
} = await cityHub({
  jobsByTime: false,
  config: {
    sources:
      mariadb === undefined
        ? []
        : [
            {
              department: 'pub-security',
              host: mariadb.host,
              port: mariadb.port,
              tls: 'verify',
              caFile: authority,
            },
          ],
  },
});
after(async () => {
  await hub.stop();
  rmSync(world, { recursive: true, force: true });
});
const steward = await hub.token('han', ['steward'], 'pub-security');
const second = await hub.token('tang', ['steward'], 'pub-security');
const quiet = {
  id: 'pub-security.residence',
  title: { zh: '居住登记', en: 'Residence' },
  schema: 'urn:datong:household:1.0',
  mode: 'snapshot',
  sharing: { type: 'none' },
  intake: { expect: { every: 'month', by: 5, since: '2026-01-01' } },
};
assert.equal((await hub.staff(operator, 'POST', '/v1/datasets', quiet)).status, 201);

/** What the section about a database needs, for each language its own: rows that its database holds, a dataset and a mapping. */
const password = 'sesame';
const registers = { 'en_GB.UTF-8': 'register', 'zh_CN.UTF-8': 'register-zh' } as const;
for (const name of Object.values(registers)) {
  const id = `pub-security.${name}`;
  const body = { ...quiet, id, mode: 'upsert', intake: {} };
  assert.equal((await hub.staff(operator, 'POST', '/v1/datasets', body)).status, 201);
  const sample = readDocuments(join(samples, 'household/dataset.yaml')).find(
    ({ kind }) => kind === 'Mapping',
  );
  const document = {
    ...(sample?.members['document'] as object),
    mapping: `pub-security/${name}@1`,
    source: { format: 'csv', options: { encoding: 'utf-8' } },
  };
  assert.equal((await hub.staff(steward, 'POST', `/v1/datasets/${id}/mappings`, { document })).status, 201);
}
const quoted = (cells: readonly string[]): string =>
  cells.map((cell) => `'${cell.replaceAll("'", "''")}'`).join(', ');
await mariadb?.admin(
  `CREATE USER datong_reader IDENTIFIED BY '${password}'`,
  'GRANT SELECT ON register.* TO datong_reader',
);
// other people in each, for those of another dataset would be a finding
for (const [nth, table] of ['person', 'person_zh'].entries())
  await mariadb?.admin(
    `CREATE TABLE ${table} (${headers.map((name) => `\`${name}\` VARCHAR(200)`).join(', ')}, changed_at DATETIME NOT NULL, PRIMARY KEY (\`${headers[0]}\`))`,
    `INSERT INTO ${table} VALUES ${people(40, nth)
      .map((cells) => `(${quoted([...cells, '2026-12-01 08:00:00'])})`)
      .join(', ')}`,
  );
/** As the guide names the place, and as it is here. */
const here = (text: string, language: keyof typeof registers): string =>
  text
    .replaceAll('host: 10.2.0.16, port: 3306', `host: ${mariadb?.host ?? ''}, port: ${mariadb?.port ?? 0}`)
    .replaceAll('10.2.0.16:3306', `${mariadb?.host ?? ''}:${mariadb?.port ?? 0}`)
    .replaceAll('pub-security.register', `pub-security.${registers[language]}`)
    .replaceAll('mapping: register', `mapping: ${registers[language]}`)
    .replaceAll('FROM person', language === 'zh_CN.UTF-8' ? 'FROM person_zh' : 'FROM person');

const { origins } = hub.hub;
const { department, tls, signing } = publicSecurity;
const profile = JSON.stringify({
  v: 1,
  department,
  hub: { ...origins, ca: hub.ca, keys: { keys: [] } },
  tls,
  signingKey: signing.privateKey.export({ format: 'jwk' }),
});

for (const [guide, language] of [
  ['clerk.md', 'en_GB.UTF-8'],
  ['clerk.zh-CN.md', 'zh_CN.UTF-8'],
] as const) {
  test(`${guide} holds, a month from the first file to the last`, async (context) => {
    const folderOf = (at: string): string => join(world, language, at);
    for (const at of ['clerk', 'steward', 'second']) {
      mkdirSync(folderOf(at), { recursive: true });
      writeFileSync(join(folderOf(at), 'datong.json'), profile);
    }
    /** the batch that was named last */
    let batch = '';
    let proposal = '';
    const run = async ({ at, command, output: shown }: Command): Promise<void> => {
      const output = shown.map((line) => here(line, language));
      const words = here(command, language)
        .replace('$BATCH', batch)
        .replace('$PROPOSAL', proposal)
        .split(' ')
        .slice(1);
      const env = {
        LANG: language,
        DATONG_HOME: join(world, language, 'home'),
        DATONG_TOKEN: at === 'second' ? second : steward,
        REGISTER_PASSWORD: password,
      };
      const { stdout, stderr } = await typedDatong(words, { cwd: folderOf(at), env });
      const reported = `${stdout}${stderr}`;
      if (words.slice(0, 3).join(' ') === 'dataset pull run')
        assert.equal(await hub.hub.runner.run('pullSources'), 'ok');
      proposal = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(words[1] === 'apply' ? reported : '')?.[0] ?? proposal;
      // a comparison names the other one last
      const named = words[1] === 'diff' ? '' : reported;
      batch =
        [...named.matchAll(/(?:batch|批次|read +\d+) +([0-9a-f]{8}[0-9a-f-]{28})/gi)].at(-1)?.[1] ?? batch;
      if (!outputPattern(output).test(reported)) assertEachLine(output, reported, command);
    };
    for (const step of guideSteps(join(guides, guide))) {
      // what follows it needs a database that this machine may not have
      if (mariadb === undefined && step.kind === 'file' && step.places.includes('steward/pull.yaml')) {
        context.diagnostic(String(noMariadb));
        break;
      }
      if (step.kind === 'file') {
        for (const place of step.places) {
          mkdirSync(dirname(folderOf(place)), { recursive: true });
          const text = place.endsWith('.csv') ? encodeGb18030(step.text) : here(step.text, language);
          writeFileSync(folderOf(place), text);
        }
      } else if (step.kind === 'command') await run(step);
    }
  });
}
