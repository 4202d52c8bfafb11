import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 allocate every object in the young generation. By default it learns which literals often survive a collection, and allocates
 * their objects in the old generation. With calls in progress that is nearly all of them. An old object retains everything it refers to
 * until a full collection, long after its call was answered.
 */
export const keepCallsYoung = (): void => setFlagsFromString('--no-allocation-site-pretenuring');
