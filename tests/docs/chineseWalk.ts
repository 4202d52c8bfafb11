/** Set by the runner where no file is named: the whole suite (tests/run.ts). */
export const wholeSuite = 'DATONG_WHOLE_SUITE';

/**
 * `skip` option of the walk through a long guide in Chinese. The whole suite walks the English guide; `npm run nightly`, and each run that
 * names the file or its folder, both.
 */
export const chineseWalk: string | false =
  process.env[wholeSuite] === undefined ? false : 'npm run nightly walks it in Chinese too';
