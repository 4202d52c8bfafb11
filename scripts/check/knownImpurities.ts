/** What is not as pure as it should be, and why. None may be added; whoever mends one takes it out here (the check asks for it). */
export const knownImpurities: Readonly<Record<string, string>> = {
  'clients/cli/demo/stage.ts':
    'tells the verbs that this process calls and starts where the demo’s state lies',
  'clients/cli/verb.ts': 'the language of the one command that this process runs',
  'console/src/route.ts': 'who listens to the address of this one page, alone in its window',
  'log/hash.ts':
    'a scratch buffer of one synchronous call: a new one for each costs a node of the tree half as much again',
  'machine/newSalt.ts':
    'random bytes fetched 256 salts at a time: one by one costs thirty times as much, on the way of every entry',
  'schemas/patterns/patternSafety.ts':
    'recheck reads its backend from the environment when it is loaded, and cannot be told otherwise',
};
