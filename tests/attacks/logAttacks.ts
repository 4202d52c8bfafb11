/**
 * What an administrator of the database (or a more powerful attacker) can do to the log, and who notices. The table of tests/attacks/README.md is made from it
 * (scripts/attacksDocument.ts); `logAttacks.test.ts` runs the attacks that name it, and compares what is reported with what is written here.
 */
import { attack, shownBy } from './attackRow.ts';
import type { Attack } from './noticers.ts';

/** That the entry of a first approval has to be that of this very act and person, however the log is packed. */
const secondPersonShown = [
  shownBy(
    'tests/flows/standIns.test.ts',
    'a deputy acts with the steward’s role until the day, and counts as one person with them',
    'no one approves by a deputy what they requested, nor what their deputy requested on their behalf',
  ),
  shownBy(
    'hub/log/packed.test.ts',
    'acts are read of packed leaves: on whose behalf, why stopped, about whom, and when',
  ),
];

/** Run by `logAttacks.test.ts`. */
export const runHere = [
  attack('edits-entry', { en: 'edits the bytes of an entry', zh: '改动条目的内容' }, [
    ['reverify', 'entry_altered'],
    ['verify', 'entry_altered'],
  ]),
  attack(
    'edits-entry-time',
    {
      en: 'edits the time of an entry into one that no clock shows, as a thirteenth month',
      zh: '把条目的时间改成不存在的时刻，如 13 月',
    },
    [
      ['reverify', 'entry_altered'],
      ['verify', 'entry_altered'],
    ],
  ),
  attack(
    'breaks-bytes',
    {
      en: 'puts bytes that are no UTF-8 in place of an entry, and the hash that fits them',
      zh: '以非 UTF-8 的字节替换条目，并改成相符的哈希',
    },
    [
      ['reverify', 'leaf_malformed'],
      ['verify', 'leaf_malformed'],
    ],
  ),
  attack('deletes-entry', { en: 'deletes an entry', zh: '删除一个条目' }, [
    ['reverify', 'entry_missing'],
    ['verify', 'entry_missing'],
  ]),
  attack(
    'deletes-tail',
    { en: 'deletes the newest entries and leaves the head as it is', zh: '删除最新的条目，日志头不动' },
    [
      ['reverify', 'entry_missing'],
      ['verify', 'entry_missing'],
    ],
  ),
  attack(
    'swaps-entries',
    { en: 'swaps two entries with their columns and hashes', zh: '连同检索列和哈希调换两个条目' },
    [
      ['reverify', 'root_mismatch'],
      ['verify', 'root_mismatch'],
    ],
  ),
  attack(
    'edits-columns',
    { en: 'edits only a search column, so that a search misses the entry', zh: '只改检索列，使检索漏掉条目' },
    [
      ['reverify', 'columns_altered'],
      ['verify', 'columns_altered'],
    ],
  ),
  attack(
    'takes-nonce',
    {
      en: 'takes a nonce away, so that an answered request is answered again',
      zh: '抹去随机数，使已答复的请求再次得到答复',
    },
    [
      ['reverify', 'columns_altered'],
      ['verify', 'columns_altered'],
    ],
  ),
  attack(
    'edits-tokens',
    { en: 'points the subject tokens of an entry at another person', zh: '把条目的主体令牌改指他人' },
    [
      ['reverify', 'subjects_altered'],
      ['verify', 'subjects_altered'],
    ],
  ),
  attack(
    'deletes-tokens',
    {
      en: 'deletes the row of subject tokens (`audit_subject`)',
      zh: '删除条目的主体令牌行（`audit_subject`）',
    },
    [
      ['reverify', 'subjects_missing'],
      ['verify', 'subjects_missing'],
    ],
  ),
  attack('edits-index', { en: 'takes terms out of the search index', zh: '从检索索引中去掉词' }, [
    ['reverify', 'index_altered'],
  ]),
  attack('edits-tile', { en: 'edits a tile of hashes', zh: '改动哈希片' }, [
    ['reverify', 'tile_altered'],
    ['verify', 'tile_altered'],
  ]),
  attack('hides-finding', { en: 'deletes what re-verification found', zh: '删除枢纽自查的结果' }, [
    ['reverify', 'columns_altered'],
  ]),
  attack('postpones-job', { en: 'puts the re-verification off for years', zh: '把枢纽自查推迟多年' }, [
    ['readyz', 'reverifyLog late'],
  ]),
  attack(
    'seizes-job',
    { en: 'leases the re-verification to no process for years', zh: '把枢纽自查长年租给不存在的进程' },
    [['readyz', 'reverifyLog late']],
  ),
] as const;

export type RunHere = (typeof runHere)[number]['id'];

/** Shown by tests of their own. */
const shownElsewhere: readonly Attack[] = [
  attack(
    'calls-theft-erasure',
    {
      en: 'deletes the row of subject tokens and lists it as erased by two persons',
      zh: '删除主体令牌行，并把它列为两人已决定销毁的',
    },
    [['reverify', 'subjects_missing']],
    shownBy('hub/log/erasure.test.ts', 'two persons erase: a search finds nothing'),
  ),
  attack(
    'puts-erased-back',
    { en: 'puts back the erased tokens of a person', zh: '放回已销毁的主体令牌' },
    [['reverify', 'subjects_altered']],
    shownBy('hub/log/erasure.test.ts', 'two persons erase: a search finds nothing'),
  ),
  attack(
    'calls-theft-destruction',
    {
      en: 'deletes entries and lists them as destroyed when their time was over',
      zh: '删除条目，并把它们列为到期销毁',
    },
    [
      ['reverify', 'entry_missing'],
      ['verify', 'destruction_untold'],
    ],
    shownBy(
      'hub/log/retention/retention.test.ts',
      're-verification distinguishes destroyed entries from stolen ones',
      'the whole log is verified on another machine',
    ),
  ),
  attack(
    'shortens-rule',
    {
      en: 'shortens a rule of retention, puts an older one back or takes one away',
      zh: '缩短留存期限、放回旧规则或拿走规则',
    },
    [['retention', 'doubted']],
    shownBy('hub/log/retention/retention.test.ts', 'who edits the table of rules'),
  ),
  attack(
    'edits-kept-hashes',
    { en: 'edits the hashes that stay of destroyed entries', zh: '改动已销毁条目所留的哈希' },
    [['reverify', 'destroyed_hashes_altered']],
    shownBy('hub/log/retention/retention.test.ts', 're-verification distinguishes destroyed entries'),
  ),
  attack(
    'puts-destroyed-back',
    { en: 'puts a destroyed entry back', zh: '放回已销毁的条目' },
    [['reverify', 'destroyed_put_back']],
    shownBy('hub/log/retention/retention.test.ts', 're-verification distinguishes destroyed entries'),
  ),
  attack(
    'hides-entry',
    {
      en: 'takes an entry out of an index, or has the index lead to another row, so that searches miss it',
      zh: '把条目从索引中去掉，或让索引指向另一行，使检索漏掉它',
    },
    [['reverify', 'index_altered']],
    shownBy(
      'tests/attacks/hiddenEntries.test.ts',
      'an entry that is hidden from the search about its person is found',
      'an entry that is hidden from the search by exchange is found',
      'an entry that is hidden from the look-up by its number is found',
      'an exchange whose index entry leads to another entry is found',
    ),
  ),
  attack(
    'lists-unindexed',
    { en: 'lists entries as indexed that are not', zh: '把未编入索引的条目列为已编入' },
    [['reverify', 'index_altered']],
    shownBy('hub/log/search/search.test.ts', 'is made whole where chunks were taken out of its list'),
  ),
  attack(
    'edits-entry-and-hash',
    { en: 'edits the bytes of an entry and the stored hash', zh: '同时改动条目内容和所存的哈希' },
    [
      ['reverify', 'root_mismatch'],
      ['files', 'leaf_not_included'],
    ],
    shownBy(
      'hub/features/log/jobs/reverifyLog.test.ts',
      'entries that do not add up to the signed root stop the appends',
    ),
    shownBy(
      'hub/log/evidence/evidence.test.ts',
      'a leaf edited together with its stored hash no longer leads to the signed root',
    ),
  ),
  attack(
    'skips-verification',
    { en: 'tells the re-verification that it has read everything', zh: '使枢纽自查以为已读完全部条目' },
    [['reverify', 'columns_altered']],
    shownBy(
      'hub/features/log/jobs/reverifyLog.test.ts',
      'the position reached is not taken from an account that can write to the database',
    ),
  ),
  attack(
    'moves-head',
    {
      en: 'appends an entry and moves the head, or edits the head',
      zh: '追加条目并推进日志头，或改动日志头',
    },
    [['start', 'log_inconsistent']],
    shownBy('hub/log/faults.test.ts', 'a head without the MAC of this hub is not built upon'),
  ),
  attack(
    'rewrites-keyless',
    {
      en: 'rewrites an entry, every later hash and the head, with its own keys',
      zh: '改写条目、其后全部哈希和日志头，用自己的密钥',
    },
    [
      ['append', 'log_inconsistent'],
      ['start', 'log_inconsistent'],
    ],
    shownBy('hub/log/faults.test.ts', 'rewritten without the keys, it is neither continued nor opened'),
  ),
  attack(
    'cuts-tail',
    { en: 'cuts the tail and puts back the older head', zh: '截去末尾并放回较早的日志头' },
    [
      ['append', 'log_behind'],
      ['start', 'log_behind'],
    ],
    shownBy('hub/log/faults.test.ts', 'rolled back to an older state, it does not serve'),
  ),
  attack(
    'restores-older',
    { en: 'restores an older database', zh: '恢复较早的数据库' },
    [['start', 'log_behind']],
    shownBy('clients/cli/backup.test.ts', 'the hub refuses to serve until it is accepted'),
  ),
  attack(
    'drops-entries',
    {
      en: 'makes a trigger that drops or changes entries as they are written, or at the commit',
      zh: '建立触发器，在写入或提交时丢弃、改写条目',
    },
    [
      ['readBack', 'log_inconsistent'],
      ['start', 'log_inconsistent'],
    ],
    shownBy(
      'hub/log/guards.test.ts',
      'a trigger that drops entries as they come is noticed',
      'a trigger that waits for the commit',
      'a trigger that rewrites what is stored',
    ),
  ),
  attack(
    'bends-append',
    {
      en: 'makes a rule, row security or another body of `append_flush`, or takes a guard away',
      zh: '建立规则、行安全策略，替换 `append_flush`，或撤去防护触发器',
    },
    [['start', 'log_inconsistent']],
    shownBy('hub/log/guards.test.ts', 'the hub does not serve on that database, and says why'),
  ),
  attack(
    'sets-clock',
    { en: 'sets the database’s clock back or ahead', zh: '拨慢或拨快数据库时钟' },
    [
      ['clock', 'clock_jumped'],
      ['start', 'clock_behind_log'],
    ],
    shownBy('hub/platform/database/clock.test.ts', 'set 20 days back', 'set 700 s ahead'),
    shownBy('hub/log/clock.test.ts', 'a clock earlier than the newest entries does not serve'),
  ),
  attack(
    'edits-policy',
    { en: 'edits the text of an agreement', zh: '改动共享协议的文本' },
    [['load', 'agreement_unreadable']],
    shownBy('tests/flows/policyTampering.test.ts', 'a looser text, with its digest or without'),
  ),
  attack(
    'drops-restriction',
    { en: 'edits a restriction, or takes it out of force', zh: '改动限制规则，或使其失效' },
    [['load', 'policy_unverified']],
    shownBy('tests/flows/policyTampering.test.ts', 'a restriction that was edited, or taken out of force'),
  ),
  attack(
    'hides-deputy',
    {
      en: 'deletes or alters the entry that names the person for whom a deputy acted, so that this person can decide as the second one',
      zh: '删除或改动载明代办人替谁经办的条目，使被代理人自己作为第二人决定该事项',
    },
    [
      ['decision', 'made_by_unread'],
      ['reverify', 'entry_missing'],
    ],
    ...secondPersonShown,
    shownBy(
      'hub/log/retention/retention.test.ts',
      're-verification distinguishes destroyed entries from stolen ones',
    ),
  ),
  attack(
    'invents-first-word',
    {
      en: 'writes a proposal, or the row of another first approval, that names an entry of another act or person, so that one approval suffices',
      zh: '写入提议或其他首次决定的行，指向另一事项或另一人的条目，使第二人的决定即可生效',
    },
    [['decision', 'made_by_unread']],
    ...secondPersonShown,
  ),
  attack(
    'rewrites-log',
    {
      en: 'rewrites everything and has **stolen the keys of log and head**',
      zh: '全部重写，并且**窃得日志和日志头的密钥**',
    },
    [
      ['client', 'reply_log_forked'],
      ['witness', 'forked'],
      ['verify', 'kept_inconsistent'],
    ],
    shownBy('tests/attacks/rewrittenLog.test.ts', 'is caught by every client that was there before'),
    shownBy(
      'tests/attacks/witness.test.ts',
      'a log rewritten with the stolen keys is refused by the witness',
    ),
    shownBy(
      'clients/cli/audit/audit.test.ts',
      'only what was appended since the last verification is fetched',
    ),
  ),
  attack(
    'cuts-with-keys',
    { en: 'cuts the log, with the stolen keys', zh: '用窃得的密钥截短日志' },
    [['witness', 'shrunk']],
    shownBy('tests/attacks/witness.test.ts', 'a log that was cut is shorter than what was witnessed'),
  ),
  attack(
    'uses-old-key',
    {
      en: 'signs with a **stolen log key that another one has replaced**',
      zh: '用**窃得的、已被新密钥接替的旧日志密钥**签名',
    },
    [
      ['witness', 'stolen'],
      ['verify', 'checkpoint_invalid'],
      ['receipt', 'checkpoint_invalid'],
    ],
    shownBy(
      'tests/attacks/logKey.test.ts',
      'a thief of the old key signs nothing that is believed, and the witness says so',
    ),
    shownBy('log/note/keyRotation.test.ts', 'refuses an old key alone from its end on'),
  ),
  attack(
    'names-successor',
    {
      en: 'names a successor of a stolen log key, which has another one already',
      zh: '为窃得的、已有后继的旧日志密钥另立后继',
    },
    [['reply', 'reply_receipt_invalid']],
    shownBy(
      'clients/sdk/datongClient.test.ts',
      'a stolen old key signs nothing, alone or for a successor of its own',
    ),
    shownBy('log/note/keyRotation.test.ts', 'refuses a second successor that a stolen old key names'),
  ),
  attack(
    'forges-rotation',
    {
      en: 'enters a rotation of the log key in the database, or takes one out (that comes back from the key folder)',
      zh: '在数据库中添加日志密钥的更换声明，或将其删除（删除的由密钥目录补回）',
    },
    [['start', 'log_inconsistent']],
    shownBy(
      'hub/log/logKeys.test.ts',
      'statements missing in the database are restored from the key folder; a forged statement stops the start',
    ),
  ),
  attack(
    'splits-view',
    { en: 'shows different people different logs (needs the key)', zh: '给不同的人看不同的日志（须有密钥）' },
    [['reply', 'reply_receipt_invalid']],
    shownBy('clients/sdk/datongClient.test.ts', 'two histories of the log'),
  ),
  attack(
    'writes-nothing',
    { en: 'answers without writing an entry', zh: '答复而不写条目' },
    [['reply', 'reply_receipt_missing']],
    shownBy('clients/sdk/datongClient.test.ts', 'a success without an entry'),
  ),
  attack(
    'thins-pack',
    { en: 'leaves entries out of a pack', zh: '证据包里漏掉条目' },
    [['files', 'leftOut']],
    shownBy(
      'clients/cli/audit/audit.test.ts',
      'only a whole log is called intact; else the missing part is reported',
    ),
  ),
  attack(
    'alters-kept',
    { en: 'alters a kept request or reply', zh: '改动留存的请求或答复' },
    [
      ['receipt', 'request_header_differs'],
      ['files', 'reply_body_altered'],
    ],
    shownBy('clients/cli/audit/audit.test.ts', 'altered stored messages are found by both verbs'),
    shownBy('log/receipt/verifyExchange.test.ts'),
  ),
];

export const logAttacks: readonly Attack[] = [...runHere, ...shownElsewhere];
