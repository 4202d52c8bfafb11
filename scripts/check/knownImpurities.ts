/**
 * Known impurities, by file and finding, with the reason. None may be added; remove an entry when you correct it (the check asks for it).
 */
const demoState = 'tells the verbs that this process calls and starts where the demo’s state lies';
const oneCommand = 'the language of the one command that this process runs';
const onePage = 'who listens to the address of this one page, alone in its window';
const scratch =
  'a scratch buffer of one synchronous call: a new one for each costs a node of the tree half as much again';
const salts =
  'random bytes fetched 256 salts at a time: one by one costs thirty times as much, on the way of every entry';
const recheck =
  'recheck reads its backend from the environment when it is loaded, and cannot be told otherwise';

export const knownImpurities: Readonly<Record<string, string>> = {
  'clients/cli/demo/stage.ts: state of the module changes': demoState,
  'clients/cli/verb.ts: a variable of the module': oneCommand,
  'console/src/route.ts: state of the module changes': onePage,
  'log/hash.ts: a variable of the module': scratch,
  'log/hash.ts: state of the module changes': scratch,
  'machine/newKeyPair.ts: a variable of the module': salts,
  'schemas/patterns/patternSafety.ts: node:module': recheck,
  'schemas/patterns/patternSafety.ts: state of the module changes': recheck,
  'schemas/patterns/patternSafety.ts: process.env': recheck,
  'schemas/patterns/patternSafety.ts: import.meta': recheck,
};
