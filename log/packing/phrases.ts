/**
 * The phrases of codec 1: texts between values of leaves as the hub writes them, names of members, operations, problem codes, masks, words
 * of the product and element names of the schemas shipped with it. They contain nothing that a department, a person or a caller chose.
 * Packed leaves contain the numbers of phrases, so phrases are never changed, moved, added or removed; a test checks the digest of them
 * all.
 */

/** Those that take one byte. */
const often = `
","rows":{"delivered":1,"withheld":0},"schema":"urn:datong: ","status":200,"subjects":{"commitment":" ","operation":"queryDataset","policy":"
","kind":"release","matter":" ","decision":"allow","epoch": {"actor":{"certificate":" ":"clear"," ","count":1},"v":1} ","department":"
"},"agreement":" ":"clear"},"id":" ","onBehalfOf":" ","provider":" ","consumer":" ","dataset":" ","request":" ","purpose":" ","reply":" ,"fields":{"
","keyid":" ":"not_granted"," ","at":" ","operation":"checkFact","policy":" ":"personName"," ":"pseudonym"," ":"idCard","
","kind":"management","operation":" ","decision":"deny","epoch": ,"withheld":0},"schema":"urn:datong: "},"decision":"allow","epoch":
":"not_granted"}} ","schema":"urn:datong: ","rows":{"delivered": ","count":1},"v":1,"withheld":{" ","obligations":["
","kind":"release","operation":"queryDataset","policy":" "],"onBehalfOf":" {"actor":{"person":" ","matterCode":" ,"id":"
,"state":"part"},"subjects":{"commitment":" ","status":200,"v":1} ","status":403,"v":1} ","staff":" ","code":"
","operation":"streamRecords","policy":" },"v":1,"withheld":{" ","way":"passkey"},"at":" ","status":200,"v":1,"withheld":{}}
{"actor":{"staff":"hub"},"agreement":" "," ","kind":"inspect","operation":" ","change":{"changed":true,"digest":" ","stream":{"bytes": "},"at":"
","change":{"id":" ","status":201,"v":1} ":" ","status":403,"subjects":{"commitment":" {"actor":{"department":" ","operation":"
","kind":"release","onBehalfOf":" ":"personName"},"id":" ","count": ","reason":" ","policy":" "},"decision":"allow","id":" ","parts": ","private":"
","kind":"intake","operation":" ","person":" {"actor":{"staff":"hub"},"at":" ,"rows": ","kind":" ","state":"open"},"v":1,"withheld":{"
","kind":"release","operation":"queryDataset","provider":" ","proposal":" ","id":" ","change":{"proposal":" ","status":202,"v":1}
","operation":"batchQuery","policy":" ","status":400,"v":1} ","change":{"author":" "},"dataset":" ","change":{"expires":"
","operation":"queryDataset","provider":" ","status":200,"stream":{"bytes": ,"state":"complete"},"v":1,"withheld":{"
","decision":"allow","fields":{" },"decision":"allow","epoch": ":"band"," ","changed":true,"digest":" ","change":{"changed":true,"code":"
","state":" "},"consumer":" ","operation":"aggregateDataset","policy":" ","status":429,"subjects":{"commitment":" ","v":1}
","change":{"acknowledged":" ,"more":false},"consumer":" ","version":" {"actor":{},"at":" ","status":503,"subjects":{"commitment":"
","status":502,"subjects":{"commitment":" ","document":" ","dataOffice":false,"kind":" ","change":{"batch":" ","status":200,"v":1,"withheld":{"
","status":400,"subjects":{"commitment":" ","batch":{"bad": ","status":202,"stream":{"id":" ","decision":"allow","id":"
","count":1},"v":1,"withheld":{}} ","confirmed":true,"department":" ","status":422,"v":1} ","digest":" ","change":{"act":"
,"withheld":0},"status":206,"v":1,"withheld":{" ","stream":{"id":" ","kind":"consent","operation":" ","status":201,"subjects":{"commitment":"
,"sha256":" ","status":409,"v":1} ,"fact":" ","rows": ","nameEn":" ","nameZh":" ","asked":`;

/** Those that take two. */
const rare = `
","region":" ","change":{"batches": ","gone": },"v":1,"withheld":{}} ","repeatOf":" ","change":{"code":" ","level":" ","change":{"alg":"
","sharing":" ","token":" "],"obligations":[" ","changed":true,"dataset":" ","feed":" ","change":{"changed":true,"dataset":" ","roles":"
","change":{"digest":" "},"aggregate":" ","cube":{"batch":" ","agreement":" ":"idCard"},"id":" ,"at":" ,"more":true},"consumer":"
","status":404,"v":1} ","owner":" ","rows":{"delivered":1,"withheld":0},"v":1} ","connector":{"datasets":[" ,"state":"aborted","why":" ","expires":"
","kind":"retire","operation":" ","status":422,"subjects":{"commitment":" ","serial":" ","status":503,"v":1,"withheld":{" ","change":{"feed":"
,"certificates": ","notes":[" ","claimedDepartment":" ","change":{"consent":" ","kind":"release","operation":" ","stands":" ,"changeovers":
,"retirements": ,"state":"part"},"v":1,"withheld":{" ","mode":" ","status":400,"v":1,"withheld":{}} ","decision":"deny","id":"
","changed":true,"datasets": ","status":416,"v":1,"withheld":{" ","kind":"genesis","operation":" ","status":401,"v":1}
","rows":{"delivered":1,"withheld":0},"subjects":{"commitment":" ,"documents": ","loosens": ,"catalogue": ,"proposals": ","dataOffice":true,"kind":"
","claimedKeyid":" ":"dateTrunc"," ,"disputes": ,"evidence": ,"expiring": ,"requests": ","effect":" ","status":409,"subjects":{"commitment":"
","fields": ,"demands": ,"persons": ,"schemas": ,"seconds": ,"tickets": ","notice":" ,"state":" ","entries": ","kind":"sandbox","operation":"
","said":" ,"withheld":0},"status":200,"v":1,"withheld":{" ","purposes":" ,"duties": ,"silent": ","change":{"origin":"
","status":200,"synthetic":{"dataset":" ","status":409,"v":1,"withheld":{" "},"v":1,"withheld":{" ,"codes": ,"pulls": ,"risks": ,"stops":
","status":410,"subjects":{"commitment":" ,"state":"complete"},"v":1,"withheld":{}} ","status":429,"stream":{"id":" ","stage":"
","state":"open"},"v":1,"withheld":{}} ","way":"demo"},"at":" ","change":{"changed":true,"consent":" ,"keys": ,"proposal":" ","from":"
","tightening":true},"decision":"allow","epoch": ,"withheld":0},"status":206,"v":1,"withheld":{}} ","changeover":" ","status":101,"v":1} "},"v":1}
","kind":"return","operation":" ","materials": ","operation":"aggregateDataset","provider":" ","clockOf":" "},"change":{"act":" "],"id":"
,"digest":" },"dataset":" ","change":{"by":" ,"schema":"urn:datong: ","proposed":true,"reason":" ","status":429,"v":1}
","status":429,"v":1,"withheld":{" ","status":400,"v":1,"withheld":{" ","batch":" ","due":" ","tightening":true},"consumer":"
","change":{"assertion":" ","kind":"sandbox","onBehalfOf":" ","kind":"release","operation":"streamRecords","provider":"
","signs":true},"decision":"allow","epoch": ","approval":{"number":" ","change":{"duties": ","vkey":" ","change":{"case":" ","ticket":"
":"withheld_by_restriction"," ","change":{"changed":false,"digest":" ","change":{"entries": ","change":{"bytes": ,"from":" ","change":{"risks":
","change":{"schema":"urn:datong: "},"change":{"batch":" ","change":{"demands": ","until":" ","change":{"figure":" ","origin":" ,"reason":"
","status":400,"synthetic":{"dataset":" ","change":{"about":" ,"presentedBy":" ","demand":" "],"operation":"queryDataset","policy":"
","operation":"batchQuery","provider":" ","why":" ","officer":false,"reason":" ","subjects": ","assurance":" ","change":{"addresses":
","change":{"matters": ","kind":"release","obligations":[" ","status":410,"v":1,"withheld":{}} ","case":" ","status":413,"v":1,"withheld":{"
","status":410,"v":1,"withheld":{" ","status":422,"v":1,"withheld":{" ","change":{"requests": ","resource":" ","changed":true,"database":"
","change":{"uses": "},"code":" ","change":{"disputes": ,"withheld":0},"stream":{"id":" ","change":{"changed":true,"from":"
","change":{"changed":true,"kind":" ,"export":" ","change":{"pulls": ","sha256":" ","under":" ","change":{"claimedToken":" ","change":{"reads":
","state":"aborted","why":" ","dispute":" ","change":{"as":" ","run":" ","stops": ","looks": ","status":409,"synthetic":{"dataset":"
","status":403,"synthetic":{"dataset":" ","change":{"tickets": ","raised":" ","change":{"templates": ","bytes": ","other":" ","paper":"
","mappings":" ,"evidence":" ","insteadOf":" ","kind":"inspect","onBehalfOf":" ","change":{"appointed":true,"author":"
","status":422,"synthetic":{"dataset":" ","side":" ","findings":" ","signedOnly":true},"decision":"allow","epoch": ","change":{"after":"
","status":502,"v":1} ","withdrawn":true},"decision":"allow","epoch": ","act":" ","proposedBy":" ","change":{"from":"
","signs":false},"decision":"allow","epoch": ,"quarantined": ","of":" ","change":{"changed":true,"crossRules":" ","examined":
","changed":true,"department":" ","change":{"changed":false,"consent":" ","presentedBy":" ","sameAs":" ","change":{"request":"
","change":{"duties":" ","change":{"failing": ","ended":true,"id":" ","things": ,"failing": ","waived": ","change":{"count": ","evidence":"
","rule":" ","author":" ","change":{"outcome":" ","change":{"standIns": ","host":" ,"ways":" ","missing": ","before":" ","change":{"department":"
","port": ","ways":" ","session":" ","statement":" ","assertion":" ","change":{"dispute":" ","change":{"revision": ,"from": ","change":{"persons":
","change":{"person":" ","stopped":" ","references":" ","periods":" ","steward":" ,"proposedBy":" ","states":" ","change":{"due":"
","change":{"days": ","retranslates":" ","mapping":" ","takenOn":" ,"list":" ","way":" ","limit": ","risk":" ","expect":" ,"risk":" ","day":"
","field":" ","mayEmpty":" ","onDrift":" ,"template":" ","form":" ","scan":" ,"document":" ,"fields": ,"day":" ,"period":" ","aggregate":"
,"aggregate":" ","aggregate": ,"aggregate": ,"agreement":" ","agreement": ,"agreement": ","approval":" ,"approval":" ","approval": ,"approval":
","asked":" ,"asked":" ,"asked": ","at": ,"at": ,"batch":" ","batch": ,"batch": ","change":" ,"change":" ","change": ,"change":
,"claimedDepartment":" ","claimedDepartment": ,"claimedDepartment": ,"claimedKeyid":" ","claimedKeyid": ,"claimedKeyid": ,"code":" ","code":
,"code": ","connector":" ,"connector":" ","connector": ,"connector": ,"consumer":" ","consumer": ,"consumer": ","cube":" ,"cube":" ","cube":
,"cube": ,"dataset":" ","dataset": ,"dataset": ","decision":" ,"decision":" ","decision": ,"decision": ","epoch":" ,"epoch":" ","epoch": ,"epoch":
","fact":" ","fact": ,"fact": ","fields":" ,"fields":" ","id": ,"id": ,"kind":" ","kind": ,"kind": ","matter":" ,"matter":" ","matter": ,"matter":
,"matterCode":" ","matterCode": ,"matterCode": ","notes":" ,"notes":" ","notes": ,"notes": ","obligations":" ,"obligations":" ","obligations":
,"obligations": ,"onBehalfOf":" ","onBehalfOf": ,"onBehalfOf": ,"operation":" ","operation": ,"operation": ,"policy":" ","policy": ,"policy":
,"private":" ","private": ,"private": ,"provider":" ","provider": ,"provider": ,"purpose":" ","purpose": ,"purpose": ,"repeatOf":" ","repeatOf":
,"repeatOf": ,"reply":" ","reply": ,"reply": ,"request":" ","request": ,"request": ","rows":" ,"rows":" ","schema":" ,"schema":" ","schema":
,"schema": ","status":" ,"status":" ","status": ,"status": ","stream":" ,"stream":" ","stream": ,"stream": ","subjects":" ,"subjects":" ,"subjects":
","synthetic":" ,"synthetic":" ","synthetic": ,"synthetic": ","v":" ,"v":" ","v": ,"v": ","withheld":" ,"withheld":" ","withheld": ,"withheld":
","certificate":" ,"certificate":" ","certificate": ,"certificate": ,"department":" ","department": ,"department": ,"insteadOf":" ","insteadOf":
,"insteadOf": ,"keyid":" ","keyid": ,"keyid": ,"person":" ","person": ,"person": ,"staff":" ","staff": ,"staff": ,"way":" ","way": ,"way":
","number":" ,"number":" ","number": ,"number": ,"resource":" ","resource": ,"resource": ","sha256": ,"sha256": ","bad":" ,"bad":" ","bad": ,"bad":
","datasets":" ,"datasets":" ","datasets": ,"datasets": ","state": ,"state": ,"why":" ","why": ,"why": ","digest": ,"digest": ","bytes":" ,"bytes":"
,"bytes": ","parts":" ,"parts":" ,"parts": ","commitment":" ,"commitment":" ","commitment": ,"commitment": ","count":" ,"count":" ,"count":
","from": ,"under":" ","under": ,"under": ","delivered":" ,"delivered":" ","delivered": ,"delivered": ","about":" ,"about":" ","about": ,"about":
","acknowledged":" ,"acknowledged":" ","acknowledged": ,"acknowledged": ,"act":" ","act": ,"act": ","addresses":" ,"addresses":" ","addresses":
,"addresses": ","after":" ,"after":" ","after": ,"after": ","against":" ,"against":" ","against": ,"against": ","alg":" ,"alg":" ","alg": ,"alg":
","application":" ,"application":" ","application": ,"application": ","appointed":" ,"appointed":" ","appointed": ,"appointed": ","as":" ,"as":"
","as": ,"as": ,"assertion":" ","assertion": ,"assertion": ,"assurance":" ","assurance": ,"assurance": ,"author":" ","author": ,"author":
","batches":" ,"batches":" ","batches": ,"batches": ,"before":" ","before": ,"before": ","by":" ,"by":" ","by": ,"by": ,"case":" ","case": ,"case":
","catalogue":" ,"catalogue":" ","catalogue": ","certificates":" ,"certificates":" ","certificates": ","changed":" ,"changed":" ","changed":
,"changed": ,"changeover":" ","changeover": ,"changeover": ","changeovers":" ,"changeovers":" ","changeovers": ","claimedToken":" ,"claimedToken":"
","claimedToken": ,"claimedToken": ","clause":" ,"clause":" ","clause": ,"clause": ,"clockOf":" ","clockOf": ,"clockOf": ","codes":" ,"codes":"
","codes": ","compared":" ,"compared":" ","compared": ,"compared": ","concerned":" ,"concerned":" ","concerned": ,"concerned": ","confirmed":"
,"confirmed":" ","confirmed": ,"confirmed": ","consent":" ,"consent":" ","consent": ,"consent": ","controlTotals":" ,"controlTotals":"
","controlTotals": ,"controlTotals": ","counter":" ,"counter":" ","counter": ,"counter": ","credentials":" ,"credentials":" ","credentials":
,"credentials": ","crossRules":" ,"crossRules":" ","crossRules": ,"crossRules": ","dataOffice":" ,"dataOffice":" ","dataOffice": ,"dataOffice":
","database":" ,"database":" ","database": ,"database": ","day": ,"day": ","days":" ,"days":" ","days": ,"days": ","delays":" ,"delays":"
","delays": ,"delays": ","deleteWhere":" ,"deleteWhere":" ","deleteWhere": ,"deleteWhere": ,"demand":" ","demand": ,"demand": ","demands":"
,"demands":" ","demands": ,"dispute":" ","dispute": ,"dispute": ","disputes":" ,"disputes":" ","disputes": ","document": ,"document":
","documents":" ,"documents":" ","documents": ,"due":" ","due": ,"due": ","duties":" ,"duties":" ","duties": ","duty":" ,"duty":" ","duty": ,"duty":
,"effect":" ","effect": ,"effect": ","ended":" ,"ended":" ","ended": ,"ended": ","entries":" ,"entries":" ,"entries": ","entry":" ,"entry":"
","entry": ,"entry": ","evidence": ","examined":" ,"examined":" ,"examined": ,"expect":" ","expect": ,"expect": ,"expires":" ","expires":
,"expires": ","expiring":" ,"expiring":" ","expiring": ","export":" ","export": ,"export": ","failing":" ,"failing":" ","failing": ,"feed":"
","feed": ,"feed": ,"field":" ","field": ,"field": ","figure":" ,"figure":" ","figure": ,"figure": ,"findings":" ","findings": ,"findings":
","first":" ,"first":" ","first": ,"first": ,"form":" ","form": ,"form": ","gone":" ,"gone":" ,"gone": ","grants":" ,"grants":" ","grants":
,"grants": ","holdDays":" ,"holdDays":" ","holdDays": ,"holdDays": ","holds":" ,"holds":" ","holds": ,"holds": ,"host":" ","host": ,"host":
","keys":" ,"keys":" ","keys": ","last":" ,"last":" ","last": ,"last": ,"level":" ","level": ,"level": ","limit":" ,"limit":" ,"limit": ","line":"
,"line":" ","line": ,"line": ","list":" ","list": ,"list": ","looks":" ,"looks":" ,"looks": ","loosens":" ,"loosens":" ,"loosens": ,"mapping":"
","mapping": ,"mapping": ,"mappings":" ","mappings": ,"mappings": ","materials":" ,"materials":" ,"materials": ","matters":" ,"matters":"
","matters": ,"matters": ,"mayEmpty":" ","mayEmpty": ,"mayEmpty": ","mayGrow":" ,"mayGrow":" ","mayGrow": ,"mayGrow": ","mayShift":" ,"mayShift":"
","mayShift": ,"mayShift": ","mayShrink":" ,"mayShrink":" ","mayShrink": ,"mayShrink": ","mayStray":" ,"mayStray":" ","mayStray": ,"mayStray":
","missing":" ,"missing":" ,"missing": ,"mode":" ","mode": ,"mode": ","more":" ,"more":" ","more": ,"more": ,"nameEn":" ","nameEn": ,"nameEn":
,"nameZh":" ","nameZh": ,"nameZh": ,"notice":" ","notice": ,"notice": ","obligation":" ,"obligation":" ","obligation": ,"obligation": ,"of":"
","of": ,"of": ","officer":" ,"officer":" ","officer": ,"officer": ","on":" ,"on":" ","on": ,"on": ","onColumns":" ,"onColumns":" ","onColumns":
,"onColumns": ,"onDrift":" ","onDrift": ,"onDrift": ","onRewrite":" ,"onRewrite":" ","onRewrite": ,"onRewrite": ,"origin":" ","origin": ,"origin":
,"other":" ","other": ,"other": ","outcome":" ,"outcome":" ","outcome": ,"outcome": ,"owner":" ","owner": ,"owner": ,"paper":" ","paper": ,"paper":
","period":" ","period": ,"period": ,"periods":" ","periods": ,"periods": ","persons":" ,"persons":" ","persons": ","port":" ,"port":" ,"port":
","presentedBy": ,"presentedBy": ","principal":" ,"principal":" ","principal": ,"principal": ","proposal": ,"proposal": ","proposals":"
,"proposals":" ","proposals": ","proposed":" ,"proposed":" ","proposed": ,"proposed": ","proposedBy": ,"proposedBy": ","pulls":" ,"pulls":"
","pulls": ,"purposes":" ","purposes": ,"purposes": ","quarantined":" ,"quarantined":" ","quarantined": ,"raised":" ","raised": ,"raised":
","reads":" ,"reads":" ","reads": ,"reads": ","reason": ,"reason": ","reference":" ,"reference":" ","reference": ,"reference": ,"references":"
","references": ,"references": ,"region":" ","region": ,"region": ","requests":" ,"requests":" ","requests": ","retirements":" ,"retirements":"
","retirements": ,"retranslates":" ","retranslates": ,"retranslates": ","revision":" ,"revision":" ","revision": ,"revision": ","risk": ,"risk":
","risks":" ,"risks":" ","risks": ,"roles":" ","roles": ,"roles": ,"rule":" ","rule": ,"rule": ,"run":" ","run": ,"run": ,"said":" ","said":
,"said": ,"sameAs":" ","sameAs": ,"sameAs": ,"scan":" ","scan": ,"scan": ","schemas":" ,"schemas":" ","schemas": ","secondPerson":"
,"secondPerson":" ","secondPerson": ,"secondPerson": ","seconds":" ,"seconds":" ","seconds": ,"serial":" ","serial": ,"serial": ,"session":"
","session": ,"session": ","sessions":" ,"sessions":" ","sessions": ,"sessions": ,"sharing":" ","sharing": ,"sharing": ,"side":" ","side": ,"side":
","signedOnly":" ,"signedOnly":" ","signedOnly": ,"signedOnly": ","signingKeysToo":" ,"signingKeysToo":" ","signingKeysToo": ,"signingKeysToo":
","signs":" ,"signs":" ","signs": ,"signs": ","silent":" ,"silent":" ","silent": ,"stage":" ","stage": ,"stage": ","standIns":" ,"standIns":"
","standIns": ,"standIns": ,"stands":" ","stands": ,"stands": ,"statement":" ","statement": ,"statement": ,"states":" ","states": ,"states":
,"steward":" ","steward": ,"steward": ,"stopped":" ","stopped": ,"stopped": ","stops":" ,"stops":" ","sunset":" ,"sunset":" ","sunset": ,"sunset":
,"takenOn":" ","takenOn": ,"takenOn": ","template":" ","template": ,"template": ","templates":" ,"templates":" ","templates": ,"templates":
","things":" ,"things":" ,"things": ,"ticket":" ","ticket": ,"ticket": ","tickets":" ,"tickets":" ","tickets": ","tightening":" ,"tightening":"
","tightening": ,"tightening": ,"token":" ","token": ,"token": ,"until":" ","until": ,"until": ","uses":" ,"uses":" ","uses": ,"uses": ,"version":"
","version": ,"version": ,"vkey":" ","vkey": ,"vkey": ","waived":" ,"waived":" ,"waived": ","ways": ,"ways": ","wish":" ,"wish":" ","wish": ,"wish":
","withdrawn":" ,"withdrawn":" ","withdrawn": ,"withdrawn": ":"address"," ":"address"},"id":" ":"ageBand"," ":"ageBand"},"id":" ":"band"},"id":"
":"bankCard"," ":"bankCard"},"id":" ":"dateTrunc"},"id":" ":"drop"," ":"drop"},"id":" ":"email"," ":"email"},"id":" ":"floorTo","
":"floorTo"},"id":" ":"geoGrid"," ":"geoGrid"},"id":" ":"keep"," ":"keep"},"id":" ":"nullify"," ":"nullify"},"id":" ":"phone"," ":"phone"},"id":"
":"plate"," ":"plate"},"id":" ":"presence"," ":"presence"},"id":" ":"pseudonym"},"id":" ":"redactText"," ":"redactText"},"id":" ":"no_consent","
":"no_consent"}} acceptInvitation acceptProposal acknowledgeRisk act actOnDemand actOnDispute aggregateDataset amendDataset answerEvidence
answerRequest answerTicket appointPersonService approvePolicyDocument askEvidence askForAccount askForPasskey assessIncident batchQuery
beginChangeover beginFromTemplate beginOwnSession beginRenewal bootstrap callWebhook checkFact closeStreams commitBatch confirmKey confirmPerson
countOverdue decideChangeover decideDataset decideSchema delayView deleteRows deriveTiles describeReceived describeSandbox destroyEntries
destroyPeriods destroyRaw diagnose diagnoseExchange diagnoseHandshake downloadExport dropBatch dropSavedSearch endLiveService endMatter
endOwnSession endPerson endPull endSession endStandIn endViewDelay enrol eraseSubject escalateRisk examineRows expireBatch expireExports expireFeeds
explainDecision exportPack fillChangeovers followBoard followDuties followIndex followUpDuties follower forgetQuotas forgetSealedLists genesis
getAnchors getBatch getCheckpoint getCosignedCheckpoint getCrl getDocumentsSchema getEntryBundle getEvidence getJwks getLiveQuarantine getQuarantine
getReceipt getSigningProfile getTemplate giveConsent giveMandate giveOwnConsent graceRenew grantRole healthz importApproval importCatalogue
indexRows invitePerson issueEnrolmentCode issueToken job jobs lapseBatches lapseRetirements lapseStops liftHold listBatchProblems listBatches
listBoardRows listCertificates listChanges listCodeLists listConsents listDatasets listDemands listDepartments listDestructions listDisputes
listDuties listElementSources listEntries listEvidence listExchanges listHolds listLogFindings listLogReads listMandates listMatters listOwnOffers
listOwnTickets listPasskeys listPersons listPolicyDocuments listPulls listPurposes listReminderAddresses listRequestTemplates listRequests listRisks
listSavedSearches listSchemas listSessions listStandIns listTickets listViewDelays listVisible listWaiting listener mailMessage makeDemand
makeDictionary makeExports makeRequest metrics mirrorTiles nameStandIn objectToKey offerAccount offerAuthenticator offerPasskey offerPolicySignature
openBatch openConnector openOwnSession openOwnTicket openSubjects openTicket orderDestruction overload pausePull placeHold proveConsistency
pullSources putBatchPart queryDataset querySandbox raiseDispute readEntries readiness readyz rebindDataset refuseKey refuseProposal registerAccount
registerCatalogueEntry registerCodeList registerDataset registerDepartment registerElementSource registerLiveService registerMapping registerMatter
registerNotice registerPasskey registerProcedure registerPull registerPurpose registerRequestTemplate registerSchema releaseBatch renewCertificate
replaceAuthority replayErasure requestExport restoreBatch resumeAgreement resumeBatches resumePull retire retranslateBatch reverifyLog
revokeCertificate revokeMandate revokeToken rotateLogKey runPull runner sampleDataset saveSearch sealSubjects searchCatalogue searchEntries sendMail
sendReminders setDepartmentReminders setOwnReminders setRetention showBoard showCatalogueEntry showChangeover showDataset showDispute showExport
showLiveService showLogState showMandate showMatter showPolicyDocument showProposal showPull showQuality showRequest showRetention showRisk
showSchema showSchemaImpact showSession showSignIn showTicket showUses signInAsDemo signInByAccount signInByCode signInByPasskey signPolicyDocument
simulatePolicy stateDuties streamRecords submitCheckpoints submitPolicyDocument suspendAgreement takeAuthority takePaperConsent tellOverdueDuty
tellSilence traceRow tryCatalogueImport tryMapping tryMasks tryPolicyDocument trySchema viewOwnData viewSubject viewSubjectAtCounter warnExpiry
watchLog withdrawCodeList withdrawConsent withdrawConsentAtCounter withdrawOwnConsent withdrawRequestTemplate account_invalid account_unknown
accounts_not_used adapter_options_invalid agent_address_unknown agent_browser_refused agent_host_refused agent_hub_unreachable agent_not_kept
agent_own_call agent_reply_unsigned agent_reply_untrusted agent_token_refused aggregate_fixed aggregate_not_agreed aggregate_too_fine
agreement_missing agreement_not_in_force agreement_suspended agreement_unknown algorithm_mismatch already_registered already_stopped
anchors_malformed answers_would_break approval_by_import_only approval_unfit assertion_invalid assertion_used authenticator_missing
authenticator_present authority_ended authority_foreign authority_malformed authority_unsuitable automatic_by_hub_only backup_unreadable
batch_bytes_before batch_bytes_elsewhere batch_claimed batch_codes_shifted batch_columns_added batch_columns_missing batch_columns_moved
batch_control_rows batch_control_sum batch_digest_mismatch batch_field_emptied batch_grown batch_incomplete batch_not_correctable batch_not_current
batch_not_former batch_not_open batch_outdated batch_periods_many batch_periods_over batch_references_missing batch_rows_before batch_rows_elsewhere
batch_rows_rewritten batch_rule_broken batch_shrunk batch_too_large batch_unknown batch_values_strayed body_too_large both_sides bytes_of_correction
catalogue_duplicate catalogue_secret certificate_expired certificate_foreign certificate_grace_over certificate_missing certificate_not_renewable
certificate_request_key certificate_request_malformed certificate_request_name certificate_request_proof certificate_revoked certificate_unknown
challenge_invalid changeover_not_ready changeover_read_anew changeover_under_way changeover_unfit changeover_unknown changes_watermark_unknown
checkpoint_malformed clock_behind_log clock_jumped clock_skew code_invalid code_list_ahead code_list_day_taken code_list_invalid code_list_unfit
code_list_unknown code_locked code_page_without_table compatibility_fixed compliance_check_first component_missing component_unexpected
configuration_invalid connectors_too_many consent_invalid consent_missing consent_offer_changed consent_unknown control_digest_mismatch
control_field_unknown control_totals_missing copybook_invalid copybook_reference cross_rule_unfit cross_site_call cursor_expired cursor_invalid
database_grants_missing database_newer database_not_durable database_not_empty database_session database_too_old database_unavailable
dataset_differs dataset_hosted dataset_id_used_up dataset_live dataset_not_agreed dataset_read_anew dataset_unavailable dataset_unknown
dataset_without_rows dbf_header_wrong dbf_memo_missing decided_anew delay_invalid deletion_by_leaving_out deletion_would_return delivery_not_agreed
demand_unfit demo_only department_exists department_invalid department_unknown digest_malformed digest_mismatch digest_missing duplicate_material
duty_still_open duty_unknown effect_not_accepted element_source element_source_own encoding_unknown enrolment_code_expired enrolment_code_invalid
enrolment_code_used enrolment_department_differs enrolment_proof_invalid entry_contradicts entry_destroyed entry_foreign entry_revised
entry_revives_agreements entry_stops_agreements entry_twice erasure_invalid evidence_not_released evidence_too_large export_not_ready
export_too_large export_unknown export_void exports_too_many fact_not_agreed fact_question_invalid field_not_granted fields_empty file_binary
file_doubtful file_empty file_encoding_wrong file_framing_wrong file_header_missing file_limit_exceeded file_line_over_limit file_protected
file_record_too_long file_truncated filter_not_granted filter_on_masked_field filter_value_invalid format_refused format_unknown four_eyes
hand_on_unfit handed_on header_duplicate header_identity_number header_malformed header_text_malformed header_unknown headers_too_large
headers_too_many hl7_without_header hold_invalid host_mismatch hub_busy hub_draining hub_not_founded hub_stopping idempotency_conflict
identity_provider_unavailable import_refused intake_rule_idle internal_error invalid_request invitation_expired invitation_invalid invitation_used
invitation_waits job_taken_over json_malformed json_rows_missing jws_invalid key_department_mismatch key_malformed key_not_confirmed key_revoked
key_store_key_kind key_store_malformed key_store_password_wrong key_store_several_keys key_store_too_large key_store_unsupported
key_store_without_key key_unfit key_unknown keys_differ keys_malformed keys_missing keys_of_one_hand keys_unsafe leaf_malformed lifetime_too_long
limit_invalid limit_too_high list_closed live_lookup_needed live_order live_service_invalid live_service_not_allowed live_service_unknown log_behind
log_busy log_entry_invalid log_entry_missing log_inconsistent log_rotation_invalid log_shorter log_unavailable lookup_ambiguous lookup_missing
lookups_too_many_rows malformed_http malformed_identifier malformed_json mandate_invalid mandate_refused mapping_column_doubled
mapping_column_missing mapping_invalid mapping_unknown mapping_unreadable mask_type_errors mask_unknown masked_row_invalid matter_in_use
matter_missing matter_not_agreed message_malformed method_not_allowed migration_waits no_agreement nonce_malformed nonce_replayed not_found
not_person_service not_the_last_stage not_the_provider not_your_department note_key_ended note_key_unknown note_malformed note_signature_invalid
notice_purposes_differ notice_unknown number_of_department objection_pends offer_not_narrower officer_decides on_behalf_of_missing own_code_invalid
own_page_off own_self_only own_session_ended owner_decides pack_malformed part_differs part_empty part_offset_mismatch parties_differ
passkey_invalid periods_fixed periods_unfit person_invalid person_unknown policy_does_not_compile policy_invalid policy_signature_invalid
policy_signature_missing policy_unverified port_taken postgres_failed postgres_missing postgres_no_user postgres_other_major procedure_unfit
proof_malformed proposals_full provider_answer_invalid provider_unavailable pull_broken_off pull_invalid pull_key_unfit pull_not_paused
pull_order_broken pull_page_too_large pull_pause_days pull_paused pull_role_writes pull_source_failed pull_source_not_allowed pull_source_refused
pull_source_slow pull_source_unasked pull_source_unreachable pull_too_many_rows pull_unknown pull_window_closed purpose_missing purpose_not_agreed
purpose_unknown quota_exhausted range_invalid range_wanted raw_bytes_gone reason_identifies rebind_unfit receipt_malformed reference_unfit
reminder_place_not_allowed reminder_refused reminder_unreachable renewal_of_emergency renewal_outdated renewal_waits reply_certificate_invalid
reply_log_forked reply_log_unproven reply_not_bound reply_receipt_invalid reply_receipt_missing reply_signature_invalid reply_signature_missing
reply_stream_invalid reply_stream_truncated request_expired request_not_yet_valid request_timeout request_unfit restore_refused retention_invalid
retirement_outdated retirement_read_anew return_once roles_apart row_unknown rows_not_granted sandbox_impossible sandbox_purpose sandbox_reserved
sandbox_without_fields saved_searches_full schema_in_review schema_in_use schema_incompatible schema_invalid schema_overtaken schema_same
schema_unknown scope_missing sealed_bytes_damaged search_identity_number serial_unknown session_ended session_unknown several_agreements
sharing_basis sharing_conditions sharing_not_unconditional sharing_refused sharing_without_entry signature_duplicate signature_input_malformed
signature_invalid signature_malformed signature_missing signed_only signing_key_is_tls_key signing_key_taken simulations_too_many sort_not_granted
stand_in_unfit statement_invalid stop_not_yours stop_spent stops_unacknowledged storage_full storage_short stream_aborted stream_terms_changed
streams_too_many sunset_ahead sunset_too_soon target_malformed template_not_possible template_outdated template_withdrawn text_identity_number
ticket_batch_unfit ticket_invalid ticket_open_already tickets_full tls_key_taken token_expired token_invalid token_missing token_request_invalid
token_revoked token_unknown too_many_attempts too_many_bad_rows too_many_open_batches too_many_requests transition_not_allowed two_credentials
under_legal_hold unknown_field unknown_reference unsupported_media_type upgrade_refused version_exists version_not_next version_stale vkey_malformed
waiver_idle waiver_not_restored waiver_outgrown xlsx_damaged xlsx_sheet_missing xml_doctype xml_malformed auditor steward security operator clerk
leader delete-after no-onward-sharing under-correction city government person_id urn:datong: true false active given withdrawn accepted refused
waiting ended offered Dataset Schema Agreement CodeList Mapping Purpose Matter name birth_date region_code guardian_id address household_no income
move_in_date relation mobile station pm25 time pm10 pres temp dewp rain wind_direction wind_speed remark`;

const listed = (text: string): readonly string[] => text.trim().split(/\s+/);

/** All of them, by number. */
export const phrases: readonly string[] = [...listed(often), ...listed(rare)];
