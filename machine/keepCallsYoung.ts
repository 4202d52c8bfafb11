import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 allocate every object among the new ones. By itself it learns which literals are often alive when new objects are collected, and
 * puts what they make among the old ones at once. Where calls are under way that is nearly all of them, and an old object holds whatever it
 * refers to until the whole heap is gone through, long after its call was answered.
 */
export const keepCallsYoung = (): void => setFlagsFromString('--no-allocation-site-pretenuring');
