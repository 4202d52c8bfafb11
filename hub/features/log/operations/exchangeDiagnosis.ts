/** Describes one exchange in words from its entry alone: what was proven, requested, decided with its reason, and released. */
import { timeText } from '../../../../log/story.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { isProblemCode, problemCatalogue, type Mender } from '../../../../terms/problemCatalogue.ts';
import { defined } from '../../../../terms/defined.ts';

interface Step {
  readonly step: 'sender' | 'asked' | 'decision' | 'answer' | 'log';
  readonly ok: boolean;
  readonly detail: Bilingual;
  readonly next?: Bilingual;
  readonly facts?: readonly string[];
}

/** `ExchangeDiagnosis` of openapi.yaml. */
export interface ExchangeDiagnosis {
  readonly exchange: string;
  readonly index: number;
  readonly at: string;
  readonly operation: string;
  readonly decision: Leaf['decision'];
  readonly as: 'own' | 'provider';
  readonly consumer?: string;
  readonly code?: string;
  readonly status?: number;
  readonly who?: Mender;
  readonly steps: readonly Step[];
}

/** The authenticated department. If the request's signature failed, the department named by the certificate of the handshake. */
export const senderOf = ({ actor, claimedDepartment }: Leaf): string | undefined =>
  actor.department ?? (actor.certificate === undefined ? undefined : claimedDepartment);

/** @param index of the entry @param as the reader: the provider of the data sees neither official nor case number */
export function exchangeDiagnosis(index: number, leaf: Leaf, as: 'own' | 'provider'): ExchangeDiagnosis {
  const { id, at, operation, decision, code, status, consumer } = leaf;
  const kind = code !== undefined && isProblemCode(code) ? problemCatalogue[code] : undefined;
  const sender = senderStep(leaf);
  const requested = requestedStep(leaf, as);
  return {
    exchange: id,
    index,
    at,
    operation,
    decision,
    as,
    ...defined({ consumer, code, status, who: kind?.who }),
    steps: sender.ok
      ? [sender, ...(requested === undefined ? [] : [requested]), ...outcome(leaf), logStep(index, leaf)]
      : [sender, ...outcome(leaf), logStep(index, leaf)],
  };
}

/** The identity proven by the sender. */
function senderStep(leaf: Leaf): Step {
  const { actor } = leaf;
  const who = senderOf(leaf) ?? '–';
  const step = 'sender';
  if (actor.department === undefined)
    return {
      step,
      ok: false,
      detail: {
        zh: `证书属于 ${who}，请求的签名没有得到证实`,
        en: `the certificate is ${who}'s, the request's signature was not proven`,
      },
      next: {
        zh: '在发出请求的机器上运行 datong client diagnose',
        en: 'run datong client diagnose on the machine that sent it',
      },
    };
  return actor.keyid === undefined
    ? { step, ok: true, detail: { zh: `${who} 方面的人员`, en: `a person at ${who}` } }
    : {
        step,
        ok: true,
        detail: {
          zh: `${who}，证书与签名有效（密钥 ${actor.keyid}）`,
          en: `${who}, by certificate and signature (key ${actor.keyid})`,
        },
      };
}

function requestedStep(leaf: Leaf, as: 'own' | 'provider'): Step | undefined {
  const { dataset, agreement, purpose, fact, aggregate, onBehalfOf, matter } = leaf;
  const parts: Bilingual[] = [];
  const add = (value: string | undefined, zh: string, en: string): void => {
    if (value !== undefined) parts.push({ zh: `${zh} ${value}`, en: `${en} ${value}` });
  };
  add(dataset, '数据资源', 'dataset');
  add(agreement, '共享协议', 'agreement');
  add(purpose, '使用场景', 'purpose');
  add(fact, '核验事项', 'fact');
  add(aggregate, '统计', 'aggregate');
  if (as === 'own') {
    add(onBehalfOf, '经办人', 'official');
    add(matter, '办件', 'case');
  }
  if (parts.length === 0) return undefined;
  return {
    step: 'asked',
    ok: true,
    detail: { zh: parts.map(({ zh }) => zh).join('，'), en: parts.map(({ en }) => en).join(', ') },
  };
}

/** The reason of a denial, or the fact that it was allowed with the released data. */
function outcome(leaf: Leaf): readonly Step[] {
  const { decision, code, rows, stream } = leaf;
  if (decision === 'deny') return [denied(code)];
  const detail = { zh: '准许', en: 'allowed' };
  const facts = [...leftOf(leaf), ...withheldOf(leaf)];
  const reported = answered(rows, stream);
  return [
    { step: 'decision', ok: true, detail },
    ...(reported === undefined && facts.length === 0
      ? []
      : [
          {
            step: 'answer',
            ok: stream?.state !== 'aborted',
            detail: reported ?? { zh: '已答复', en: 'answered' },
            ...(facts.length === 0 ? {} : { facts }),
          } as const,
        ]),
  ];
}

/** The text of a code; values that the refusal filled in are not in the entry. */
function denied(code = ''): Step {
  const kind = isProblemCode(code) ? problemCatalogue[code] : undefined;
  const open = ({ zh, en }: Bilingual): Bilingual => ({
    zh: zh.replaceAll(/\{[^}]*\}/g, '…'),
    en: en.replaceAll(/\{[^}]*\}/g, '…'),
  });
  return {
    step: 'decision',
    ok: false,
    detail: kind === undefined ? { zh: `拒绝 ${code}`, en: `denied ${code}` } : open(kind.text),
    ...(kind === undefined ? {} : { next: open(kind.next) }),
  };
}

const leftOf = ({ fields = {} }: Leaf): readonly string[] =>
  Object.entries(fields).map(([field, mask]) => `${field}: ${mask}`);
const withheldOf = ({ withheld = {} }: Leaf): readonly string[] =>
  Object.entries(withheld).map(([field, code]) => `${field}: ${code}`);

function answered(rows: Leaf['rows'], stream: Leaf['stream']): Bilingual | undefined {
  const why = stream?.why ?? '';
  const ended = stream?.rows ?? 0;
  switch (stream?.state) {
    case 'open':
      return {
        zh: '已开始；每一部分和结尾各有日志条目',
        en: 'begun; each part and its end have entries of their own',
      };
    case 'aborted':
      return { zh: `放出 ${ended} 行后中断（${why}）`, en: `cut after ${ended} rows (${why})` };
    case 'part':
    case 'complete':
    case undefined:
      return rows === undefined
        ? undefined
        : { zh: `放出 ${rows.delivered} 行`, en: `${rows.delivered} rows left` };
  }
}

const logStep = (index: number, { at }: Leaf): Step => ({
  step: 'log',
  ok: true,
  detail: {
    zh: `记入日志第 ${index} 条，${timeText(at)}`,
    en: `entry ${index} of the log, ${timeText(at)} (China)`,
  },
});
