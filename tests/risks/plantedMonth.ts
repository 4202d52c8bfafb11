/**
 * A month of calls as a city has them, from a seed, with incidents planted in it: what the rules over the log find of them, and what they
 * miss. plantedMonth.test.ts plays it.
 */
import type { Look, RiskRule, SubjectSearch } from '../../hub/domain/risks/risk.ts';
import type { Bilingual } from '../../terms/bilingual.ts';

export interface Incident extends Bilingual {
  readonly id: string;
  /** of October 2026 */
  readonly day: number;
  readonly consumer: string;
  /** what is found of it, absent: it is missed */
  readonly found?: RiskRule;
  /** why it is missed */
  readonly because?: Bilingual;
}

export const incidents: readonly Incident[] = [
  {
    id: 'probing',
    day: 13,
    consumer: 'housing',
    found: 'denial-burst',
    zh: '程序换着数据项试探，10 分钟被拒绝 45 次',
    en: 'a program tries one field after the other and is refused 45 times within 10 minutes',
  },
  {
    id: 'copying',
    day: 20,
    consumer: 'education',
    found: 'unusual-volume',
    zh: '一天取走平日十倍的行',
    en: 'ten times the rows of a usual day leave in one',
  },
  {
    id: 'night',
    day: 22,
    consumer: 'health',
    found: 'off-hours-volume',
    zh: '凌晨三点取走 300 行',
    en: '300 rows leave at three in the morning',
  },
  {
    id: 'celebrity',
    day: 15,
    consumer: 'several',
    found: 'person-read-by-many',
    zh: '七位经办人同一天查看同一人',
    en: 'seven officials read the same person on one day',
  },
  {
    id: 'browsing',
    day: 16,
    consumer: 'civil-affairs',
    found: 'official-reads-many',
    zh: '一位经办人不写办件号查看 60 人',
    en: 'one official reads 60 persons without a case number',
  },
  {
    id: 'following',
    day: 27,
    consumer: 'civil-affairs',
    found: 'official-repeats',
    zh: '一位经办人一天查看同一人 12 次',
    en: 'one official reads the same person 12 times in a day',
  },
  {
    id: 'guessing',
    day: 28,
    consumer: 'housing',
    found: 'enumeration',
    zh: '逐一试 80 个号码，其中 70 个查无此人',
    en: '80 numbers are tried one by one, 70 of which belong to no one',
  },
  {
    id: 'spread-guessing',
    day: 24,
    consumer: 'water',
    found: 'enumeration',
    zh: '逐一试 400 个号码，分散在 97 位经办人和 300 个办件号下，其中 350 个查无此人',
    en: '400 numbers are tried one by one under 97 officials and 300 cases, 350 of which belong to no one',
  },
  {
    id: 'diluted-guessing',
    day: 17,
    consumer: 'education',
    found: 'enumeration',
    zh: '逐一试 150 个号码，分散在 60 位经办人下，部门同日的正常查询更多',
    en: '150 numbers are tried under 60 officials and one agreement, amid more usual calls of the department',
  },
  {
    id: 'early-copying',
    day: 9,
    consumer: 'water',
    because: {
      zh: '该部门刚开始使用，尚在学习期',
      en: 'the department has just begun: the learning period',
    },
    zh: '开始使用的第一天取走 900 行',
    en: '900 rows leave on a department’s first day',
  },
  {
    id: 'slow-guessing',
    day: 29,
    consumer: 'water',
    because: { zh: '每天 20 次，低于每天的限值', en: '20 a day stay below the limit of a day' },
    zh: '每天只试 20 个号码',
    en: 'only 20 numbers a day are tried',
  },
  {
    id: 'invented-cases',
    day: 30,
    consumer: 'civil-affairs',
    because: {
      zh: '每次都写了办件号；日志不知道办件是否存在',
      en: 'each call names a case; the log does not know whether there is one',
    },
    zh: '一位经办人用编造的办件号查看 35 人',
    en: 'one official reads 35 persons under invented case numbers',
  },
  {
    id: 'few-readers',
    day: 30,
    consumer: 'education',
    because: { zh: '低于限值 5 位', en: 'below the limit of 5' },
    zh: '四位经办人同一天查看同一人',
    en: 'four officials read the same person on one day',
  },
  {
    id: 'sleeper',
    day: 19,
    consumer: 'education',
    found: 'dormant-agreement',
    zh: '五个月未使用的共享协议又取得一条记录',
    en: 'under an agreement unused for five months one record leaves',
  },
  {
    id: 'closed-case',
    day: 21,
    consumer: 'housing',
    found: 'rested-case',
    zh: '以去年办结的办件号再次查看',
    en: 'a case that was closed last year is named once more',
  },
  {
    id: 'asking',
    day: 14,
    consumer: 'several',
    found: 'staff-searches',
    zh: '一位审计员一天内以一个办件号查询 25 人',
    en: 'an auditor asks the log about 25 persons in a day, under one case',
  },
  {
    id: 'just-closed-case',
    day: 23,
    consumer: 'housing',
    because: {
      zh: '办件是否办结，无人告知；上次使用仅在 20 天前',
      en: 'the hub is not notified that a case is closed, and its last use was but 20 days before',
    },
    zh: '以三周前办结的办件号再次查看',
    en: 'a case that was closed three weeks before is named once more',
  },
  {
    id: 'colleague',
    day: 26,
    consumer: 'several',
    because: {
      zh: '日志不知道谁是工作人员：只有令牌，没有人员的证件号',
      en: 'the log does not know who is staff: it holds tokens, and no numbers of its persons',
    },
    zh: '一位工作人员查询一位同事',
    en: 'a member of staff asks about a colleague',
  },
];

/** Last uses before the month: a version of an agreement, and case numbers of housing. */
export const usedBefore = {
  'agr-sleeper@1': '2026-05-19',
  'YX-2025-77': '2025-11-30',
} as const;

/** Questions of staff to the log about persons, by day. */
export function plantedSearches(day: string): SubjectSearch[] {
  const requested = { '2026-10-14': 25, '2026-10-26': 1 }[day] ?? 3;
  return Array.from({ length: requested }, (_, nth) => ({
    index: 1_000_000 + nth,
    person: requested === 3 ? 'psn-usual' : 'psn-curious',
    department: undefined,
  }));
}

const hour = 3_600_000;
const officials = 6;
/** Rows of a usual working day. */
const departments = { education: 220, health: 120, housing: 90, 'civil-affairs': 110 } as const;

/** The month, day by day. @param seed any whole number: usual days differ, incidents do not */
export function plantedMonth(seed: number): ReadonlyMap<string, readonly Look[]> {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const days = new Map<string, readonly Look[]>();
  let index = 1;
  let withoutPerson = 0;
  for (let day = 1; day <= 31; day += 1) {
    const text = `2026-10-${String(day).padStart(2, '0')}`;
    const midnight = Date.parse(`${text}T00:00:00+08:00`);
    // the holidays of the first week are quiet, and weekends
    const quiet = day <= 8 || [0, 6].includes(new Date(midnight + 12 * hour).getUTCDay());
    const looks: Omit<Look, 'index'>[] = [];
    const look = (
      consumer: string,
      hours: number,
      {
        official = 'o-1',
        person = `p-${(withoutPerson += 1)}`,
        ...more
      }: Partial<Look> & { person?: string } = {},
    ): void => {
      looks.push({
        consumer,
        official,
        provider: 'pub-security',
        matter: 'YX-2026-1',
        denied: false,
        rows: 1,
        agreement: `agr-${consumer}@1`,
        dataset: 'pub-security.household',
        at: midnight + Math.floor(hours * hour),
        persons: [person],
        ...more,
      });
    };
    for (const [consumer, usual] of Object.entries(departments)) {
      const count = Math.round((quiet ? usual / 8 : usual) * (0.8 + 0.4 * random()));
      for (let nth = 0; nth < count; nth += 1) {
        const denied = random() < 0.03;
        const missed = random() < 0.08;
        look(consumer, 8 + 10 * random(), {
          official: `${consumer}-${Math.floor(officials * random())}`,
          denied,
          rows: denied || missed ? 0 : 1,
          ...(random() < 0.05 ? { matter: undefined } : {}),
        });
      }
    }
    plant(day, look);
    looks.sort((one, other) => one.at - other.at);
    days.set(
      text,
      looks.map((one) => ({ ...one, index: index++ })),
    );
  }
  return days;
}

type Plant = (consumer: string, hours: number, more?: Partial<Look> & { person?: string }) => void;

function times(count: number, each: (nth: number) => void): void {
  for (let nth = 0; nth < count; nth += 1) each(nth);
}

/** What is planted, in order, and on which days of the month. */
const planted: readonly (readonly [days: readonly number[], add: (look: Plant) => void])[] = [
  [
    [13],
    (look) =>
      times(45, (n) =>
        look('housing', 11 + n / 300, { official: undefined, denied: true, rows: 0, persons: [] }),
      ),
  ],
  [[20], (look) => times(25, (n) => look('education', 10 + n / 10, { rows: 100, persons: [] }))],
  [[22], (look) => times(3, (n) => look('health', 3 + n / 10, { rows: 100, persons: [] }))],
  [
    [15],
    (look) =>
      times(7, (n) =>
        look(n < 4 ? 'education' : 'health', 9 + n, { official: `c-${n}`, person: 'celebrity' }),
      ),
  ],
  [
    [16],
    (look) => times(60, (n) => look('civil-affairs', 9 + n / 10, { official: 'b-1', matter: undefined })),
  ],
  [
    [27],
    (look) => times(12, (n) => look('civil-affairs', 9 + n / 2, { official: 'f-1', person: 'followed' })),
  ],
  [
    [28],
    (look) => times(80, (n) => look('housing', 9 + n / 10, { official: 'g-1', rows: n % 8 === 0 ? 1 : 0 })),
  ],
  [
    [24],
    (look) =>
      times(400, (n) =>
        look('water', 9 + n / 100, {
          official: `w-${n % 97}`,
          matter: `YX-2026-${n % 300}`,
          rows: n % 8 === 0 ? 1 : 0,
        }),
      ),
  ],
  [
    [17],
    (look) =>
      times(150, (n) =>
        look('education', 9 + n / 100, {
          official: `e-${n % 60}`,
          agreement: 'agr-other@2',
          rows: n % 8 === 0 ? 1 : 0,
        }),
      ),
  ],
  [[9], (look) => times(9, (n) => look('water', 10 + n / 10, { rows: 100, persons: [] }))],
  [
    [19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31],
    (look) => times(20, (n) => look('water', 9 + n / 5, { official: 's-1', rows: 0 })),
  ],
  [[19], (look) => look('education', 10, { agreement: 'agr-sleeper@1' })],
  [[21], (look) => look('housing', 10, { matter: 'YX-2025-77' })],
  [[3, 23], (look) => look('housing', 10, { matter: 'YX-2026-88' })],
  [
    [30],
    (look) => {
      times(35, (n) => look('civil-affairs', 9 + n / 10, { official: 'i-1', matter: `YX-2026-9${n}` }));
      times(4, (n) => look('education', 10 + n, { official: `d-${n}`, person: 'a-neighbour' }));
    },
  ],
];

function plant(day: number, look: Plant): void {
  for (const [days, add] of planted) if (days.includes(day)) add(look);
}
