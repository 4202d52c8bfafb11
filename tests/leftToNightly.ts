/** Set by the runner where no file is named: the whole suite (tests/run.ts). */
export const wholeSuite = 'DATONG_WHOLE_SUITE';

/** `skip` option of a test that the whole suite leaves to `npm run nightly`; each run that names the file or its folder has it too. */
const leftToNightly = (what: string): string | false =>
  process.env[wholeSuite] === undefined ? false : `npm run nightly ${what}`;

/** The walk through a long guide in Chinese: the whole suite walks the English guide. */
export const chineseWalk = leftToNightly('walks it in Chinese too');

/** A scenario of minutes: the whole suite plays the others. */
export const longScenario = leftToNightly('plays it');
