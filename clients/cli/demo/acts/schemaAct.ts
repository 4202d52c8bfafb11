/**
 * Interlude, 标准换版: a change that would break two departments is refused with its reason; one that breaks none is approved by two persons
 * while calls run.
 */
import { sharedSchema } from '../../../../machine/shippedSchemas.ts';
import { DatongClient } from '../../../sdk/datongClient.ts';
import type { StaffReply } from '../../apply/staffCall.ts';
import { bodyOf } from '../../approve/waiting.ts';
import { openProfile, openStaffAccess } from '../../profile.ts';
import { pathWith } from '../../../sdk/jsonCall.ts';
import type { ReceivedContract, Touched } from '../../../sdk/types.ts';
import type { JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { callsInWords } from '../../touchedLines.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { signerNamed } from '../agreements.ts';
import type { Resident } from '../files/invented.ts';
import type { Narrator } from '../narrator.ts';
import type { Stage } from '../stage.ts';
import { aboutChild, enrolmentContext, household } from './childAct.ts';

const urn = 'urn:datong:household:1.1';
const added = 'residence_kind';

interface Finding {
  readonly pointer: string;
  readonly code: string;
  readonly message: { readonly zh: string; readonly en: string };
  readonly witness?: Readonly<Record<string, unknown>>;
  readonly touches?: Touched;
}

/** @param people whose records are there @param provider token of a steward of the provider */
export async function schemaAct(
  stage: Stage,
  narrator: Narrator,
  people: readonly Resident[],
  provider: string,
): Promise<void> {
  narrator.act({
    zh: '幕间  标准换版：会伤到两个部门的改动被拒，说明理由；不伤人的改动，两人同意，边用边换',
    en: 'Interlude  A new version of a schema: a change that would break two departments is refused; a compatible one is approved by a second person while calls run',
  });
  await stage.apply('schema-change/agreement.yaml', ['pub-security', 'health'].map(signerNamed));
  const steward = openStaffAccess({ as: 'steward' }).token;
  const propose = (change: (fields: Record<string, object>) => void): Promise<StaffReply> =>
    stage.operator.post('/v1/schemas', { document: changed(change) }, steward);
  const refused = await narrator.step(
    () =>
      propose((fields) => {
        delete fields['birth_date'];
      }),
    ({ body }) => ({
      zh: `数据管理员提议去掉出生日期 → ${String(body['code'])}`,
      en: `a steward proposes to take the birth date away → ${String(body['code'])}`,
    }),
  );
  printBroken(narrator, refused);
  const waiting = await narrator.step(
    () =>
      propose((fields) => {
        fields[added] = {
          type: ['string', 'null'],
          maxLength: 20,
          'x-sensitivity': 'L1',
          'x-title': { zh: '居住类型', en: 'Kind of residence' },
        };
      }),
    ({ body }) => ({
      zh: `改为新增一个可选字段 → ${String(body['state'])}，等第二个人`,
      en: `it adds an optional field instead → ${String(body['state'])}, for a second person`,
    }),
  );
  const { digest } = bodyOf(waiting);
  const security = openStaffAccess({ as: 'security' }).token;
  await narrator.step(
    async () =>
      bodyOf(await stage.operator.post(`/v1/schemas/${urn}/decision`, { act: 'publish', digest }, security)),
    ({ state }) => ({
      zh: `数据安全管理员看过改动和影响后同意 → ${String(state)}`,
      en: `the security officer looks at change and impact, and agrees → ${String(state)}`,
    }),
  );
  await moveWhileAsked(stage, narrator, people, provider);
}

/** The shared schema with its fields changed, as version 1.1. */
function changed(change: (fields: Record<string, object>) => void): object {
  const { document } = sharedSchema('household@1');
  const fields = { ...(document['properties'] as Record<string, object>) };
  change(fields);
  const required = (document['required'] as readonly string[]).filter((name) => Object.hasOwn(fields, name));
  return { ...document, $id: urn, properties: fields, required };
}

function printBroken(narrator: Narrator, { body }: StaffReply): void {
  const findings = (body['findings'] ?? []) as readonly Finding[];
  const [first] = findings.filter(({ pointer }) => pointer === '/properties/birth_date');
  if (first === undefined) throw unexpected();
  const { pointer, message, touches } = first;
  narrator.detail({ zh: `${pointer}：${message.zh}`, en: `${pointer}: ${message.en}` });
  const witness = findings.find((one) => one.witness !== undefined)?.witness;
  const shown = JSON.stringify({ birth_date: witness?.['birth_date'] });
  narrator.detail({ zh: `反例：含 ${shown} 的记录`, en: `counter-example: a record with ${shown}` });
  for (const { name, calls } of touches?.consumers ?? []) {
    const counts = callsInWords(calls);
    narrator.detail({
      zh: `会受影响：${name.zh}（${counts.zh}）`,
      en: `it would break: ${name.en} (${counts.en})`,
    });
  }
}

/** Public Security changes to the version; Education sends calls continuously during the change. */
async function moveWhileAsked(
  stage: Stage,
  narrator: Narrator,
  people: readonly Resident[],
  provider: string,
): Promise<void> {
  const client = DatongClient.fromProfile(openProfile({ as: 'education' }));
  const [last, ...others] = people.filter(({ region }) => region === '990101').slice(0, 7);
  if (last === undefined) throw unexpected();
  const ask = (person: Resident) => client.query(household, aboutChild(person), enrolmentContext);
  try {
    const before = await received(client);
    // each about another child: the rules over the log report repeated reads of one
    const requested = others.map(ask);
    const moved = await narrator.step(
      async () =>
        bodyOf(await stage.operator.post(`/v1/datasets/${household}/schema`, { schema: urn }, provider)),
      ({ from, schema }) => ({
        zh: `公安局换用新版本：${String(from)} → ${String(schema)}，原地加列，不停读`,
        en: `Public Security takes it up: ${String(from)} → ${String(schema)}, a column added in place while others read`,
      }),
    );
    if (moved['changed'] !== true) throw unexpected();
    const answers = await Promise.all(requested);
    const { json } = await ask(last);
    if (json.withheld[added] === undefined) throw unexpected();
    narrator.detail({
      zh: `其间教育局查询 ${answers.length} 次，全部得到答复；此后的答复写明 ${added} 未提供：没有约定`,
      en: `Education queried ${answers.length} times during this and was answered each time; from now on its answers name ${added} as withheld, because no agreement grants it`,
    });
    const after = await received(client);
    if (before.schema === after.schema || after.fields.includes(added)) throw unexpected();
    narrator.detail({
      zh: `教育局自己的接口文档和类型（datong dataset openapi|types）随之更新：${before.schema} → ${after.schema}，脱敏后的 ${after.fields.length} 个字段`,
      en: `Education’s own OpenAPI and types (datong dataset openapi|types) follow: ${before.schema} → ${after.schema}, ${after.fields.length} fields as masked`,
    });
  } finally {
    client.close();
  }
}

/** What Education receives: the version, and the fields of its masked schema. */
async function received(
  client: DatongClient,
): Promise<{ readonly schema: string; readonly fields: readonly string[] }> {
  const { agreement, purpose } = enrolmentContext;
  const path = pathWith(`/v1/datasets/${household}/openapi`, { agreement, purpose });
  const { json } = await client.call({ method: 'GET', path, receipt: 'required' });
  const { info, components } = json as ReceivedContract;
  const { Record: record } = components['schemas'] as Readonly<Record<string, JsonSchema>>;
  return {
    schema: info.description.split(' · ').at(-1) ?? '',
    fields: Object.keys(record?.['properties'] ?? {}),
  };
}

const unexpected = (): VerbFailure =>
  new VerbFailure(exitCode.verification, {
    zh: '标准换版的一幕与预期不符',
    en: 'the act about a new version of a schema did not end as it must',
  });
