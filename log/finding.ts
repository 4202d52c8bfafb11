/** Faults found by a verification. An empty list means that all given evidence is consistent. */
import { fill, type Bilingual } from '../terms/bilingual.ts';
import { Problem } from '../terms/problem.ts';

const texts = {
  checkpoint_invalid: {
    zh: '检查点不成立：{why}',
    en: 'the checkpoint does not hold: {why}',
  },
  leaf_not_included: {
    zh: '第 {index} 条（交换 {exchange}）不在所签名的日志中：该条目已被改动、换位或伪造',
    en: 'entry {index} (exchange {exchange}) is not in the log that was signed: it was altered, moved or made up',
  },
  range_not_included: {
    zh: '第 {first} 至 {last} 条不是所签名日志中的一段：其中有条目被改动、增减或换位',
    en: 'the entries from {first} to {last} are no stretch of the log that was signed: one was altered, added, left out or moved',
  },
  leaf_malformed: {
    zh: '第 {index} 条的字节不是规范条目：{why}',
    en: 'the bytes of entry {index} are no entry: {why}',
  },
  entry_missing: { zh: '缺少第 {index} 条', en: 'entry {index} is missing' },
  entry_order: {
    zh: '条目须按序号递增且不重复，第 {index} 条不符',
    en: 'entries ascend and occur once; entry {index} does not',
  },
  entry_altered: {
    zh: '第 {index} 条（交换 {exchange}）的内容与签名时的哈希不符：条目已被改动',
    en: 'entry {index} (exchange {exchange}) no longer has the hash it was signed with: it was altered',
  },
  columns_altered: {
    zh: '第 {index} 条（交换 {exchange}）的检索列或主体令牌与条目内容不符',
    en: 'the search columns or subject tokens of entry {index} (exchange {exchange}) do not match the entry',
  },
  tile_altered: {
    zh: '从第 {index} 条起的哈希片（第 {level} 层）与条目不符：证明改由条目直接计算',
    en: 'the tile of hashes from entry {index} on (level {level}) is not that of its entries: proofs are made from the entries instead',
  },
  index_altered: {
    zh: '检索索引 {what} 与第 {index} 条（或从该条起的条目）不符：检索可能漏掉条目；audit_posting 已由枢纽重建，其他索引请用 REINDEX 重建',
    en: 'the index {what} does not lead to entry {index}, or to entries from it on: a search may have missed some. The hub has made audit_posting anew; rebuild another index with REINDEX',
  },
  subjects_altered: {
    zh: '第 {index} 条（交换 {exchange}）旁的主体令牌与条目中的承诺值不符',
    en: 'the subject tokens of entry {index} (exchange {exchange}) are not those that the entry commits to',
  },
  subjects_missing: {
    zh: '第 {index} 条（交换 {exchange}）的主体令牌不在了：按主体检索会漏掉它',
    en: 'the subject tokens of entry {index} (exchange {exchange}) are gone: a search by subject misses it',
  },
  destroyed_hashes_altered: {
    zh: '从第 {index} 条起的已销毁条目，所留哈希与销毁条目所载不符：经过它们的证明无法给出，可凭销毁前导出的文件核对',
    en: 'the hashes stored for the destroyed entries from {index} on differ from those that their destruction recorded: proofs through them cannot be made; compare with the file of the removed entries',
  },
  destroyed_put_back: {
    zh: '第 {index} 条（交换 {exchange}）已到期销毁，又出现在日志中',
    en: 'entry {index} (exchange {exchange}) was destroyed when its time was over, and is there again',
  },
  destruction_untold: {
    zh: '第 {first} 至 {last} 条不在了，所称的销毁没有日志条目为证，或不符合所载的规则',
    en: 'the entries from {first} to {last} are gone, and no entry of the log records their destruction according to the rules',
  },
  history_invalid: {
    zh: '历史检查点（{size} 条）不成立：{why}',
    en: 'the earlier checkpoint ({size} entries) does not hold: {why}',
  },
  history_inconsistent: {
    zh: '历史检查点（{size} 条）不是当前日志的前缀：日志被改写或分叉',
    en: 'the log does not continue the earlier checkpoint ({size} entries): it was rewritten or forked',
  },
  history_order: {
    zh: '历史检查点须按条数递增，{size} 条的一个不符',
    en: 'earlier checkpoints ascend; the one of {size} entries does not',
  },
  kept_inconsistent: {
    zh: '所留存的检查点（{size} 条）与此日志不一致：日志被改写、截短或分叉',
    en: 'the stored checkpoint ({size} entries) contradicts this log: it was rewritten, cut or forked',
  },
  kept_newer: {
    zh: '所留存的检查点有 {size} 条，比这里的日志更新：日志被截短，或给出的是旧状态',
    en: 'the stored checkpoint has {size} entries, more than the log shown here: it was cut, or an old state is shown',
  },
  kept_unproven: {
    zh: '所留存的检查点（{size} 条）没有与此日志相连的证明',
    en: 'no proof here connects the stored checkpoint ({size} entries) with this log',
  },
  witness_absent: {
    zh: '见证方只见证到 {known} 条，尚未见证回执所在的 {size} 条',
    en: 'the witness has seen {known} entries, not yet the {size} of the receipt',
  },
  witness_silent: {
    zh: '检查点没有见证方 {what} 的签名',
    en: 'the checkpoint bears no cosignature of the witness {what}',
  },
  witness_invalid: {
    zh: '经见证的检查点不成立：{why}',
    en: 'the cosigned checkpoint does not hold: {why}',
  },
  witness_inconsistent: {
    zh: '见证方见证的日志（{known} 条）不是回执所在日志（{size} 条）的延续：日志被改写或分叉',
    en: 'the log that the witness has seen ({known} entries) does not continue that of the receipt ({size} entries): it was rewritten or forked',
  },
  root_mismatch: {
    zh: '全部条目算出的根与检查点不符，最早出错于第 {first} 至 {last} 条之间',
    en: 'the entries do not add up to the signed root; the first wrong entry is between {first} and {last}',
  },
  pack_malformed: { zh: '{why}', en: '{why}' },
  receipt_malformed: { zh: '回执格式不正确：{why}', en: 'the receipt has the wrong form: {why}' },
  receipt_contradicts: {
    zh: '回执中的第 {index} 条（交换 {exchange}）与证据包中的不是同一条目',
    en: 'the receipt for entry {index} (exchange {exchange}) shows another entry than the pack',
  },
  exchange_differs: {
    zh: '回执写的交换编号与条目中的不符',
    en: 'the receipt names another exchange than its entry',
  },
  request_differs: {
    zh: '条目记录的不是这个请求（签名哈希不符）',
    en: 'the entry is about another request (hash of its signature)',
  },
  request_absent: { zh: '条目没有记录请求签名', en: 'the entry holds no hash of a request' },
  request_malformed: {
    zh: '留存的请求不是完整的签名请求：{why}',
    en: 'the stored request is not a signed request: {why}',
  },
  request_body_altered: {
    zh: '留存请求的正文与其 Content-Digest 不符：正文已被改动',
    en: 'the body of the stored request does not match its Content-Digest: it was altered',
  },
  request_key_differs: {
    zh: '留存请求所署的密钥不是条目记录的密钥',
    en: 'the stored request names another key than the entry',
  },
  request_signature_invalid: {
    zh: '留存请求的签名不成立：请求头已被改动',
    en: 'the signature of the stored request does not hold: its headers were altered',
  },
  request_header_differs: {
    zh: '留存请求的 {what} 与条目记录的不符',
    en: '{what} of the stored request differs from the entry',
  },
  reply_malformed: {
    zh: '留存的答复不是完整的报文：{why}',
    en: 'the stored reply is not a complete message: {why}',
  },
  reply_signature_invalid: {
    zh: '留存答复的签名不成立：{why}',
    en: 'the signature of the stored reply does not hold: {why}',
  },
  reply_body_altered: {
    zh: '留存答复的正文与其 Content-Digest 不符：正文已被改动',
    en: 'the body of the stored reply does not match its Content-Digest: it was altered',
  },
  reply_header_differs: {
    zh: '留存答复的 {what} 与回执或条目记录的不符',
    en: '{what} of the stored reply differs from the receipt and its entry',
  },
  reply_differs: {
    zh: '条目承诺的不是这个答复（摘要不符）',
    en: 'the entry is about another reply (its digest)',
  },
  row_altered: {
    zh: '数据库中的行被绕过枢纽改动：{what}；枢纽按该行不存在处理',
    en: 'a row of the database was changed past the hub: {what}; the hub treats it as absent',
  },
  row_unsealed: {
    zh: '数据库中有一行不是枢纽写入的：{what}；枢纽按该行不存在处理',
    en: 'a row of the database was not written by the hub: {what}; the hub treats it as absent',
  },
  row_missing: {
    zh: '数据库中有一行被绕过枢纽删除：{what}',
    en: 'a row of the database was deleted past the hub: {what}',
  },
  rows_rolled_back: {
    zh: '表 {what} 的封印之和与枢纽所记不符：有行连同封印被删除或退回旧状态',
    en: 'the seals of the table {what} do not add up to what the hub recorded: rows were removed or put back together with their seals',
  },
  dataset_rows_altered: {
    zh: '数据资源 {what} 的行被绕过枢纽改动：与其摘要不符',
    en: 'rows of the dataset {what} were changed past the hub: they do not have their digest',
  },
  dataset_rows_undigested: {
    zh: '数据资源 {what} 的行没有摘要：该表不是枢纽写入的，或其摘要被删除、改动',
    en: 'rows of the dataset {what} have no digest: the hub did not write the table, or its digest was removed or changed',
  },
  dataset_rows_gone: {
    zh: '数据资源 {what} 的表被绕过枢纽删除',
    en: 'a table of the dataset {what} was dropped past the hub',
  },
  catalogue_altered: {
    zh: '数据库目录中的对象与本版本不符：{what}；枢纽读到的行可能与表中不同，或执行了外来的代码',
    en: 'an object of the database’s catalogue is not as this release makes it: {what}; the hub may read other rows than the table has, or run foreign code',
  },
  finding_forged: {
    zh: '发现表中有一行不是枢纽写入的：{what}；不显示其内容。请查明来历，再从数据库中删除该行',
    en: 'a row of the table of findings was not written by the hub: {what}; its content is not shown. Find out who wrote it, then delete it from the database',
  },
  finding_unsealed: {
    zh: '发现表中有一行没有 MAC：{what}；不显示其内容，该行不起作用。写入它的是升级期间的 0.2 版进程，或越过枢纽的人。所有进程都升级之后，请查明来历，再从数据库中删除该行',
    en: 'a row of the table of findings has no MAC: {what}; its content is not shown, and it has no effect. A process of release 0.2 wrote it during an upgrade, or it was written past the hub. When all processes are upgraded, find out which, then delete it from the database',
  },
  dataset_batch_moved: {
    zh: '数据资源 {what} 所显示的批次不是最近一次发布的批次：被绕过枢纽改动',
    en: 'the dataset {what} shows another batch than the one that was published last: it was changed past the hub',
  },
  log_halted: { zh: '{why}', en: '{why}' },
  evidence_choice: {
    zh: '第 {index} 条是否符合所问，与证据所列的不一致',
    en: 'whether entry {index} answers the question is stated wrongly',
  },
  evidence_incomplete: {
    zh: '证据声称包含全部条目，但缺少第 {index} 条',
    en: 'the evidence says that every entry of its range is here; entry {index} is not',
  },
  text_altered: {
    zh: '{what} 的内容与其摘要不符：已被改动',
    en: 'the text of {what} does not have its digest: it was altered',
  },
  decision_differs: {
    zh: '第 {index} 条（交换 {exchange}）：日志记的是“{logged}”，按当时的文档重新判定为“{decided}”',
    en: 'entry {index} (exchange {exchange}): the log says «{logged}», the documents of that time decide «{decided}»',
  },
  file_altered: {
    zh: '文件 {what} 与证据清单不符：已被改动或缺失',
    en: 'the file {what} is not the one that the manifest names: it was altered or is gone',
  },
  archive_signature_invalid: {
    zh: '枢纽对归档的签名不成立：归档已被改动，或不是该枢纽出具的',
    en: 'the signature of the hub over the archive does not hold: it was altered, or is from another hub',
  },
  archive_entry_missing: {
    zh: '归档没有交换 {exchange} 的条目，或该条目不成立',
    en: 'the archive does not prove the entry of exchange {exchange}',
  },
  archive_entry_differs: {
    zh: '交换 {exchange} 的条目不能证明“{what}”',
    en: 'the entry of exchange {exchange} does not prove «{what}»',
  },
  archive_claim_unproven: {
    zh: '归档所述 {what} 没有条目为证',
    en: 'no entry proves {what} of the archive',
  },
  archive_entry_left_out: {
    zh: '交换 {exchange} 的条目是对该事件的确认，归档却没有写明',
    en: 'the entry of exchange {exchange} acknowledges the event, and the archive does not mention it',
  },
  reply_unopened: {
    zh: '回执没有给出能核对答复的盐值',
    en: 'the receipt gives no salt by which the reply can be checked',
  },
} as const satisfies Record<string, Bilingual>;

export type LogFindingCode = keyof typeof texts;

export interface LogFinding {
  readonly code: LogFindingCode;
  readonly message: Bilingual;
  /** of the entry concerned */
  readonly index?: number;
  /** id of the exchange concerned */
  readonly exchange?: string;
  /** path in the verified file, e.g. `entries/3` */
  readonly path?: string;
}

type Facts = Readonly<{ index?: number; exchange?: string; path?: string }>;

/** A finding with its sentence. `why` may be a Problem: then its own sentence is used. */
export function logFinding(
  code: LogFindingCode,
  facts: Facts &
    Readonly<{
      size?: number | '?';
      first?: number;
      last?: number;
      level?: number;
      known?: number;
      what?: string;
      logged?: string;
      decided?: string;
      why?: unknown;
    }> = {},
): LogFinding {
  const { index, exchange, path, why, ...numbers } = facts;
  const reason: Bilingual = why instanceof Problem ? why.text : { zh: '无法读取', en: 'it cannot be read' };
  const places = { ...numbers, index: index ?? '?', exchange: exchange ?? '?' };
  const filled = fill(texts[code], places);
  return {
    code,
    message: { zh: fill(filled, { why: reason.zh }).zh, en: fill(filled, { why: reason.en }).en },
    ...(index === undefined ? {} : { index }),
    ...(exchange === undefined ? {} : { exchange }),
    ...(path === undefined ? {} : { path }),
  };
}
