/**
 * SQL condition: a user made the trigger. Those that the server makes for constraints are internal, and their functions have ids below 16384;
 * a superuser can mark any other one as internal too.
 * @param trigger alias of pg_trigger
 */
export const isUserTrigger = (trigger: string): string =>
  `(NOT ${trigger}.tgisinternal OR ${trigger}.tgfoid >= 16384)`;
