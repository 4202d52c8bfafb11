import type { Bilingual } from '../terms/bilingual.ts';
import type { Play } from './pack.ts';

interface Pack {
  readonly title: Bilingual;
  /** what the machine lacks for it; false: nothing */
  readonly lacks: () => Promise<string | false>;
  readonly play: () => Promise<Play>;
}

const nothing = (): Promise<false> => Promise.resolve(false);

/** The scenarios by their names, which are also their folders. A play is loaded when it is run. */
export const packs: Readonly<Record<string, Pack>> = {
  'school-enrolment': {
    title: { zh: '入学一件事：以核验代替材料', en: 'enrolment in school: facts in place of papers' },
    lacks: nothing,
    play: async () => (await import('./school-enrolment/play.ts')).play,
  },
  storm: {
    title: { zh: '暴雨联动：从预警到归档', en: 'a storm, from the warning to the archive' },
    lacks: nothing,
    play: async () => (await import('./storm/play.ts')).play,
  },
  'urban-management': {
    title: { zh: '数字城管：从反映到办结', en: 'city cases, from the report to the repair' },
    lacks: nothing,
    play: async () => (await import('./urban-management/play.ts')).play,
  },
  'city-brain': {
    title: { zh: '城市大脑：读数、告警、车辆', en: 'city brain: readings, alarms, vehicles' },
    lacks: async () => (await import('../tests/mosquitto.ts')).noMosquitto,
    play: async () => (await import('./city-brain/play.ts')).play,
  },
};

/** The size that a report is about; a smaller one shows the same with fewer people. */
export const fullSize = { people: 100_000, seconds: 600 };
