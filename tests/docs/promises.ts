/** The promises of the pages about events and rows, each with the tests that hold it: file, beginnings of names. */

export type Promised = readonly [promise: string, tests: Readonly<Record<string, readonly string[]>>];

export const promises: readonly Promised[] = [
  // docs/events.md
  [
    'one person alone puts no plan in force',
    { 'hub/features/events/operations/openEvents.test.ts': ['a plan: is in force when a second person'] },
  ],
  [
    'an event opens once, in the transaction of its publication',
    { 'hub/features/events/operations/openEvents.test.ts': ['a plan: opens events that meet its condition'] },
  ],
  [
    'an acknowledgement is signed by a machine or by a person of the department, counts once and has a log entry',
    {
      'hub/features/events/operations/openEvents.test.ts': [
        'acknowledgement: by the department’s machine',
        'by a person',
        'two at once',
      ],
    },
  ],
  [
    'lateness follows from the deadline, whether or not a job has run',
    {
      'hub/features/events/operations/openEvents.test.ts': [
        'a missed deadline: an acknowledgement after the deadline',
      ],
    },
  ],
  [
    'every stage is reached, also those that passed while no hub ran',
    { 'hub/features/events/operations/openEvents.test.ts': ['a missed deadline: is late without any job'] },
  ],
  [
    'each stage is an event for subscribers',
    { 'hub/features/events/operations/openEvents.test.ts': ['a missed deadline: it is an event of its own'] },
  ],
  [
    'a purpose ends with its last open event',
    { 'hub/features/events/operations/openEvents.test.ts': ['the purpose of a plan: lives while'] },
  ],
  [
    'the board names the answers in which the event left',
    { 'hub/features/events/operations/openEvents.test.ts': ['who received it: the answers'] },
  ],
  [
    'an open page hears of each change that its person may see, also after a break, and ends with the session',
    {
      'hub/features/events/operations/followOpenEvents.test.ts': [
        'is notified that an event opens',
        'continues after a break',
        'ends with the session',
      ],
    },
  ],
  [
    'the archive has every act with its entry and verifies without the hub; any change of it is found',
    { 'hub/features/events/operations/archiveEvent.test.ts': ['it has every act', 'any change'] },
  ],
  [
    'a call after the closure is refused and is not in the archive',
    { 'hub/features/events/operations/archiveEvent.test.ts': ['the purpose ended'] },
  ],
  [
    "closing takes a reason, which the board, the log, the archive and the hub's event show",
    { 'hub/features/events/operations/closingEvents.test.ts': ['the code and the reason', 'without a code'] },
  ],
  [
    'two persons who change the same revision of a plan do not overwrite each other',
    { 'hub/features/events/operations/closingEvents.test.ts': ['two persons'] },
  ],
  [
    'persons on duty are notified of the event and of each stage, once, within seconds',
    { 'tests/flows/eventReminders.test.ts': ['an open event, its missed deadline'] },
  ],
  [
    'events leave masked, each answer with an entry that names fields, masks and agreement',
    { 'hub/features/events/operations/pullEvents.test.ts': ['an event leaves masked'] },
  ],
  [
    'each event at least once, in the order of the topic, duplicates under the same id',
    { 'hub/features/events/operations/pullEvents.test.ts': ['in order; an answer has one type'] },
  ],
  [
    'a suspended agreement or type, a withdrawn consent or a revoked certificate stops the next delivery, also of what is stored',
    {
      'hub/features/events/operations/pullEvents.test.ts': [
        'a suspended agreement',
        'a suspended type',
        'only those whose person agreed',
        'a revoked certificate',
      ],
    },
  ],
  [
    'withheld events end no wait',
    {
      'hub/features/events/operations/pullEvents.test.ts': [
        'an event that is filtered out',
        'only those whose person agreed',
      ],
    },
  ],
  [
    'a wait ends when another process stores an event',
    {
      'hub/features/events/operations/pullEvents.test.ts': [
        'it is answered when an event is published in another process',
      ],
    },
  ],
  [
    'a person who watches receives what the system would, under their own name, and moves no position',
    {
      'hub/features/events/operations/watchEvents.test.ts': [
        'a person receives',
        'a pattern of topics is',
        'only stewards and clerks',
        'the next connection',
      ],
    },
  ],
  [
    'a file or command that fails gets the event again',
    { 'clients/cli/event/event.test.ts': ['listen --exec'] },
  ],
  [
    'events of a call are stored together or not at all, with the log entry',
    { 'hub/features/events/operations/publishEvents.test.ts': ['an event that does not fit its schema'] },
  ],
  [
    'an answered event is stored, once, also if it is repeated',
    { 'hub/features/events/operations/publishEvents.test.ts': ['what was stored is not stored again'] },
  ],
  [
    'numbers have no gaps and follow the order of the log, also with several processes',
    { 'hub/features/events/operations/publishEvents.test.ts': ['calls of two processes at once'] },
  ],
  [
    'a call that waits for changed rows ends for what its consumer receives alone: masked values, rows outside the agreement and other consumers’ changes end no wait; several changes of a row are one',
    {
      'tests/flows/changesAwaited.test.ts': [
        'two consumers with different masks',
        'several changes of a row',
        'a change that another process stores',
        'an agreement that is suspended during the wait',
      ],
    },
  ],
  [
    'what the hub did is published once, in the order of its log',
    {
      'hub/features/events/jobs/publishHubEvents.test.ts': [
        'batches: published, held',
        'a run stores a limited number',
        'a run whose position was lost',
      ],
    },
  ],
  [
    'a consumer is notified of changed rows only if its masked rows changed, once until it fetches, and not while its agreement is suspended; a search that fails is repeated later and later',
    {
      'tests/flows/changedRowsNoticed.test.ts': [
        'only the consumer whose masked rows changed',
        'one event until the consumer fetches',
        'while the agreement is suspended',
        'a search that fails',
      ],
    },
  ],
  [
    'a change is found in a large dataset that changes all the time',
    { 'tests/flows/changedRowsBusy.test.ts': ['a change at the end of a dataset'] },
  ],
  [
    'the closing of an event reaches each department that it concerns, and no other',
    { 'hub/features/events/operations/closingEvents.test.ts': ['the event of a closure'] },
  ],
  [
    'a department that receives an event after it was closed is sent the closing, once, also by another process',
    {
      'hub/features/events/operations/lateClosings.test.ts': [
        'it is sent the closing',
        'the process that delivered',
        'deliveries and closures at the same time',
      ],
    },
  ],
  [
    'an event that another event closes: each department that it concerns is sent the closing, once',
    {
      'hub/features/events/operations/lateClosings.test.ts': [
        'an event that another event closed: each department',
        'an event that another event closed before it was received',
        'the event that closes another one',
      ],
    },
  ],
  [
    'a type of event moves only to a version under which its events are valid; what is stored and what publishers write goes on',
    {
      'hub/features/events/operations/eventVersions.test.ts': [
        'a compatible version',
        'a version that breaks them knowingly',
        'a field that orders or closes',
        'rules of tables do not apply: an integer',
        'another major version',
      ],
    },
  ],
  [
    'a topic or a plan that is registered while a type moves never meets a version that it cannot go with',
    {
      'hub/features/events/operations/eventVersions.test.ts': [
        'a topic or a plan that is registered in the moment of a move',
      ],
    },
  ],
  [
    'events that were changed past the hub delay the closing and the deadlines of no others, up to 20,000 rows without a valid seal in a table; more of them stop only the work that reads that table',
    {
      'hub/features/events/jobs/alteredEvents.test.ts': [
        'closings that are to be sent',
        'events whose time is over',
        'missed deadlines, and the moment',
        'more rows without a seal',
      ],
    },
  ],
  [
    'a hub or a PostgreSQL that is killed loses nothing, leaves the order of a key and repeats under the same id alone',
    { 'tests/attackers/killedEvents.ts': ['the hub killed', 'PostgreSQL killed'] },
  ],
  [
    'a pattern: each topic under its own agreement, later ones by themselves, none without agreement; a suspended agreement holds its topic alone; what is not acknowledged is delivered again',
    {
      'hub/features/events/operations/patterns.test.ts': [
        'a topic without agreement',
        'an agreement and a topic that come later',
        'a suspended agreement holds',
        'what is not acknowledged',
      ],
    },
  ],
  [
    'a pattern: a type whose agreement comes later is received from the start, those of one topic in order; no number of topics keeps one out; a filter counts for each type, and one that nothing meets reads each event once',
    {
      'hub/features/events/operations/patterns.test.ts': [
        'a type whose agreement comes later',
        'a wait also finds',
        'a pattern has no limit',
        'a filter counts for each type',
        'one call reads at most',
      ],
    },
  ],
  [
    'a filter counts with every beginning',
    { 'hub/features/events/operations/subscribe.test.ts': ['a filter counts'] },
  ],
  [
    'what belongs to another department is answered as what does not exist',
    { 'hub/features/events/operations/closingEvents.test.ts': ['what belongs to another department'] },
  ],
  [
    'an event that does not fit its schema',
    { 'hub/features/events/operations/publishEvents.test.ts': ['an event that does not fit its schema'] },
  ],
  [
    'too large, too many, an unknown attribute',
    { 'hub/features/events/operations/publishEvents.test.ts': ['a further attribute, a mebibyte more'] },
  ],
  [
    'a topic of another department',
    { 'hub/features/events/operations/publishEvents.test.ts': ['another department does not publish'] },
  ],
  [
    'a clock that is years off',
    { 'hub/features/events/operations/publishEvents.test.ts': ['a clock that is years off'] },
  ],
  [
    'an id that is used again with other content',
    { 'hub/features/events/operations/publishEvents.test.ts': ['an id with other content'] },
  ],
  [
    'an unknown type, schema version or subject',
    { 'hub/features/events/operations/publishEvents.test.ts': ['type, schema version and subject'] },
  ],
  [
    'a version of the schema that breaks events',
    { 'hub/features/events/operations/eventVersions.test.ts': ['a version that breaks events'] },
  ],
  [
    'binary mode: an attribute missing, unknown or wrong; both modes in one call',
    { 'hub/features/events/operations/publishEvents.test.ts': ['a missing, unknown or wrong attribute'] },
  ],
  [
    "another subscription's cursor",
    {
      'hub/features/events/operations/pullEvents.test.ts': [
        'another department, another subscription’s cursor',
      ],
    },
  ],
  // docs/webhooks.md
  [
    'an endpoint gets nothing before it returned the challenge',
    { 'hub/features/events/dispatcher.test.ts': ['it answers 200 without the challenge'] },
  ],
  [
    'a message is masked, signed twice, and has an entry',
    { 'hub/features/events/dispatcher.test.ts': ['after the challenge, masked, signed'] },
  ],
  [
    'at least once, in the order of the topic, duplicates under the same id',
    { 'hub/features/events/dispatcher.test.ts': ['in the order of the topic', 'it is out of order'] },
  ],
  [
    'a receipt of the endpoint is logged and proven by the archive; a wrong one does not take the message',
    { 'hub/features/events/deliveryReceipts.test.ts': ['a signed receipt', 'a receipt for another message'] },
  ],
  [
    'retries, after waits that double; `Retry-After`; 410',
    {
      'hub/flows/deliveries/retrySchedule.test.ts': ['a wait doubles with each failure'],
      'hub/features/events/dispatcher.test.ts': [
        'it is out of order',
        'Retry-After is obeyed',
        '410 ends the subscription',
      ],
    },
  ],
  [
    'an endpoint that redirects, answers slowly or at length, or moves to a forbidden address gets the event later, and nothing elsewhere',
    {
      'hub/features/events/dispatcher.test.ts': [
        'it redirects',
        'it answers byte by byte',
        'it sends a gigabyte back',
        'its name points to a forbidden address',
      ],
    },
  ],
  [
    'a dead endpoint holds up no other one',
    { 'hub/features/events/dispatcher.test.ts': ['a dead webhook delays no other'] },
  ],
  [
    'a suspended agreement, a withdrawn consent, a revoked certificate or a pause stops what is queued or is to be sent again',
    {
      'hub/features/events/stoppedDeliveries.test.ts': [
        'a suspended agreement',
        'a withdrawn consent',
        'a revoked certificate',
        'a pause, which',
      ],
    },
  ],
  [
    'dead letters: visible to both sides, sent again one by one or all',
    { 'hub/features/events/deadLetters.test.ts': ['both sides see them'] },
  ],
  [
    'two processes send nothing twice',
    { 'hub/features/events/dispatcher.test.ts': ['two processes deliver without double work'] },
  ],
  [
    'a hub or a PostgreSQL that is killed while it delivers loses nothing',
    { 'tests/attackers/killedEvents.ts': ['the hub killed', 'PostgreSQL killed'] },
  ],
  [
    "an endpoint that demands a client certificate gets the hub's; one that does not accept it gets the event later",
    {
      'hub/features/events/dispatcher.test.ts': [
        'the certificate of the hub',
        'its client certificate is not accepted',
      ],
    },
  ],
  [
    'a test that the endpoint takes, and a replay, end the wait for the next attempt',
    { 'hub/features/events/deadLetters.test.ts': ['it ends with a test', 'it ends with a replay'] },
  ],
  [
    'the receiver above works, also with mutual TLS, and the trial on one machine',
    {
      'tests/docs/webhooksGuide.test.ts': [
        'the receiver proves itself',
        'with mutual TLS it takes',
        'both languages have the same commands',
      ],
    },
  ],
  // docs/rows.md
  [
    'unknown field, number of another type or out of range, time in the future, key twice, 1 MB text, NUL, half a character → the row is quarantined, the others are stored',
    { 'tests/flows/rowsByCall.test.ts': ['each kind is quarantined with index, field and rule'] },
  ],
  [
    'a bad row, where the dataset refuses them → the whole call is refused',
    { 'tests/flows/rowsByCall.test.ts': ['of a dataset that refuses them, the whole call is refused'] },
  ],
  [
    'body that is cut off, empty, too long or no list → the whole call is refused',
    {
      'tests/flows/rowsByCall.test.ts': [
        'a body that is no list, is cut off, is empty',
        'where the dataset, or the caller, is another',
      ],
    },
  ],
  [
    'clock of a sensor wrong by hours → quarantined, refused or taken, by `byCall.time`',
    { 'tests/flows/rowsByCall.test.ts': ['late and future rows are quarantined, refused or taken'] },
  ],
  [
    'a row of a period that is over, too many new periods → quarantined, each such row',
    { 'tests/flows/callPeriods.test.ts': ['periods: a late row is quarantined'] },
  ],
  [
    'a device with a wrong clock: rows of 80 days to come → the rows of other days are stored; empty days are dropped',
    { 'tests/flows/callPeriods.test.ts': ['rows of far days leave partitions free'] },
  ],
  [
    'a contributor that probes a field it may not read → the answers do not differ',
    { 'tests/flows/caseUnreadable.test.ts': ['a field that a contributor sets and may not read'] },
  ],
  [
    'the same call again, other bytes under its key → the first answer; refused',
    { 'tests/flows/rowsByCall.test.ts': ['once: a call that is sent again gets the first answer'] },
  ],
  [
    'the same key from many senders at once → one row remains',
    { 'tests/flows/rowsByCall.test.ts': ['the same key from all sides'] },
  ],
  [
    'disk of the database full → 503 `storage_full`, nothing is stored; the same call is taken later',
    { 'tests/faults/fullDisk.test.ts': ['a call without space for its rows'] },
  ],
  [
    'the hub is killed (SIGKILL) while thirty calls are in flight → no acknowledged row is lost, none is stored twice',
    { 'tests/faults/rowsKilled.test.ts': ['the hub is killed while thirty calls are in flight'] },
  ],
  [
    'the connection is cut under a pusher → the same call is sent again under the same key',
    { 'clients/sdk/rowPusher.test.ts': ['after a cut the same call goes again'] },
  ],
  [
    'the hub is away from a bridge, the buffer is full → messages wait in the buffer, then at the broker, in their order',
    { 'clients/cli/bridge/rowsBridge.test.ts': ['the hub is away: messages are stored'] },
  ],
  [
    'the disk of a bridge takes nothing → nothing is acknowledged and the bridge tries again; messages wait at the broker',
    { 'clients/cli/bridge/rowsBridge.test.ts': ['the disk takes nothing'] },
  ],
  [
    'the broker goes away and comes back → the bridge connects again, no reading is lost',
    { 'clients/cli/bridge/rowsBridge.test.ts': ['the broker goes away'] },
  ],
  [
    'the bridge is killed ten times, and the hub once → every reading is stored or rejected, none twice',
    { 'clients/cli/bridge/rowsBridge.test.ts': ['killed (SIGKILL) ten times'] },
  ],
  [
    'the broker or the hub refuses, a second bridge uses the folder → the bridge ends with the reason',
    { 'clients/cli/bridge/rowsBridge.test.ts': ['a refusal of the broker or the hub ends it'] },
  ],
  [
    'the hub ends while a rule is evaluated → one event for each crossing',
    {
      'tests/flows/eventRules.test.ts': ['a hub that ends before or within the transaction'],
      'tests/faults/rulesKilled.test.ts': ['a hub that is killed while a rule is evaluated'],
    },
  ],
  [
    'a number that would be stored as another one, in a change → refused at its place',
    { 'tests/flows/caseKeys.test.ts': ['a number that would be stored as another one'] },
  ],
];
