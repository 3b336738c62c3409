//! Invented Apex in quantity: classes that call each other, most of them without session facts.
//!
//! The same seed gives the same project. The shares of each kind are those of real code bases: a quarter tests, a tenth
//! asynchronous, one class in twenty makes callouts, one in two hundred has a session id.

use std::fmt::Write as _;

/// A small generator of numbers (xorshift), so that a seed means the same on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % (end.max(1) as u64)).unwrap()
    }

    /// Whether one of `of` chances comes true.
    pub(crate) fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub(crate) fn pick<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.below(list.len())]
    }
}

/// How the classes of a project are mixed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mix {
    /// Number of classes.
    pub(crate) classes: usize,
    /// About how many bytes a class has; none where that is drawn from [`REAL_SIZES`].
    pub(crate) bytes: Option<usize>,
    /// One class in so many matters; smaller numbers make denser projects.
    pub(crate) rarity: usize,
    /// One class in so many is a schedulable, as many a queueable, a batch, an heir.
    pub(crate) jobs: usize,
    /// One call in so many leads to the layer of classes that call out; the others stay in their neighbourhood.
    pub(crate) distance: usize,
}

impl Mix {
    /// A small project in which everything calls everything.
    pub(crate) fn dense(classes: usize, bytes: usize, rarity: usize) -> Self {
        Self { classes, bytes: Some(bytes), rarity, jobs: 12, distance: 1 }
    }

    /// A project as an org that grew over years: most of it is not about sessions, and few classes call out.
    pub(crate) fn grown(classes: usize, bytes: usize) -> Self {
        Self { classes, bytes: Some(bytes), rarity: 30, jobs: 40, distance: 400 }
    }

    /// A project of the sizes of a large public one, in which most classes matter because they call each other.
    pub(crate) fn real(classes: usize) -> Self {
        Self { classes, bytes: None, rarity: 60, jobs: 30, distance: 12 }
    }

    /// The bytes of one class.
    fn size(self, random: &mut Random) -> usize {
        let Some(bytes) = self.bytes else {
            let at = random.below(1000);
            let part = REAL_SIZES.partition_point(|(share, _)| *share <= at) - 1;
            let ((low, least), (high, most)) = (REAL_SIZES[part], REAL_SIZES[part + 1]);
            return least + (most - least) * (at - low) / (high - low);
        };
        bytes
    }

    /// Whether a class may call out: in a grown project only those of one layer do.
    fn is_outer(self, index: usize) -> bool {
        self.distance == 1 || index < self.classes / 8
    }
}

/// Bytes of the classes of a large public project: so many of a thousand are smaller.
const REAL_SIZES: [(usize, usize); 9] = [
    (0, 400),
    (100, 2_200),
    (250, 3_600),
    (500, 6_000),
    (750, 14_000),
    (900, 30_000),
    (950, 45_000),
    (990, 90_000),
    (1000, 240_000),
];

/// How far the classes of a neighbourhood are apart.
const NEIGHBOURHOOD: usize = 40;

const NOUNS: &[&str] = &["Order", "Invoice", "Case", "Asset", "Booking", "Lead", "Quote", "Ticket", "Route", "Claim"];
const ROLES: &[&str] = &["Service", "Helper", "Selector", "Handler", "Util", "Manager", "Gateway", "Controller"];

/// The name of the class with a number.
pub(crate) fn name(index: usize) -> String {
    format!("{}{}{index}", NOUNS[index % NOUNS.len()], ROLES[(index / NOUNS.len()) % ROLES.len()])
}

/// A project: file names and texts.
pub(crate) fn project(seed: u64, mix: Mix) -> Vec<(String, String)> {
    let mut random = Random::new(seed);
    let class = |index: usize| {
        let text = class(&mut random, index, mix);
        (format!("classes/{}.cls", name(index)), text)
    };
    let mut files: Vec<(String, String)> = (0..mix.classes).map(class).collect();
    for index in 0..mix.classes / 25 {
        let target = call(&mut random, mix, index);
        let object = random.pick(&["Account", "Order__e", "Case", "Asset__ChangeEvent"]);
        let text = format!(
            "trigger T{index} on {object} (after insert, after update) {{\n    if (System.isFuture()) {{ return; }}\n    \
             for (SObject one : Trigger.new) {{\n        {target}\n    }}\n    update records;\n}}\n"
        );
        files.push((format!("triggers/T{index}.trigger"), text));
    }
    files
}

/// A statement that calls a method of some class; `is_near` ones call a class that matters more often.
fn call(random: &mut Random, mix: Mix, from: usize) -> String {
    let index = if mix.distance == 1 {
        random.below(mix.classes)
    } else if random.one_in(mix.distance) {
        random.below(mix.classes / 8)
    } else {
        (from / NEIGHBOURHOOD * NEIGHBOURHOOD + random.below(NEIGHBOURHOOD)).min(mix.classes - 1)
    };
    let class = name(index);
    match random.below(4) {
        0 => format!("{class}.run(ids);"),
        1 => format!("new {class}().work('x', 1);"),
        2 => format!("{class} it = new {class}(); it.work('y', 2);"),
        _ => format!("{}.push(ids, key);", class.to_uppercase()),
    }
}

fn class(random: &mut Random, index: usize, mix: Mix) -> String {
    let name = name(index);
    if random.one_in(4) {
        return test_class(random, index, mix);
    }
    let matters = mix.is_outer(index) && random.one_in(mix.rarity / if mix.distance == 1 { 1 } else { 8 });
    let sort = random.below(mix.jobs);
    let (kinds, body) = match sort {
        0 => (" implements Schedulable".to_owned(), scheduled(random, index, mix)),
        1 => (" implements Queueable, Database.AllowsCallouts".to_owned(), queued(random, index, mix)),
        2 => (" implements Database.Batchable<SObject>, Database.Stateful".to_owned(), batch(random, index, mix)),
        3 if index > 3 => (format!(" extends {}", self::name(random.below(index))), String::new()),
        _ => (String::new(), String::new()),
    };
    let mut text = format!("/** {name} does what it does. */\npublic virtual with sharing class {name}{kinds} {{\n");
    text.push_str(&body);
    text.push_str(&entry(random, index, mix));
    if matters {
        text.push_str(matter(random, mix).as_str());
    }
    let (mut method, bytes) = (0, mix.size(random));
    while text.len() < bytes {
        let _ = write!(text, "{}", filler(random, method, index, mix));
        method += 1;
    }
    text.push_str("}\n");
    text
}

fn entry(random: &mut Random, index: usize, mix: Mix) -> String {
    let annotation =
        random.pick(&["", "@AuraEnabled", "@InvocableMethod", "@RemoteAction", "@future(callout=true)", ""]);
    let one = call(random, mix, index);
    let guard = random.pick(&["", "if (System.isBatch()) { return; }", "if (!System.isFuture()) { count++; }"]);
    format!(
        "    {annotation}\n    public static void run(Set<Id> ids) {{\n        {guard}\n        {one}\n    }}\n    \
         public void work(String key, Integer count) {{\n        Set<Id> ids = null;\n        {}\n    }}\n",
        call(random, mix, index)
    )
}

fn scheduled(random: &mut Random, index: usize, mix: Mix) -> String {
    let work = match random.below(3) {
        0 => format!("System.enqueueJob(new {}());", name(random.below(mix.classes))),
        1 => call(random, mix, index),
        _ => format!("{} update [SELECT Id FROM Account];", call(random, mix, index)),
    };
    format!(
        "    public void execute(SchedulableContext context) {{\n        Set<Id> ids; String key;\n        {work}\n    }}\n"
    )
}

fn queued(random: &mut Random, index: usize, mix: Mix) -> String {
    let name = name(index);
    format!(
        "    private String accessToken;\n    public {name}() {{ }}\n    public {name}(String accessToken) {{ this.accessToken = accessToken; }}\n    \
         public void execute(QueueableContext context) {{\n        Set<Id> ids; String key;\n        {}\n        {}\n    }}\n",
        call(random, mix, index),
        if random.one_in(3) { format!("System.enqueueJob(new {name}(accessToken));") } else { String::new() }
    )
}

fn batch(random: &mut Random, index: usize, mix: Mix) -> String {
    let is_plain = mix.distance > 1 && !random.one_in(4);
    if is_plain {
        return format!(
            "    public void execute(Database.BatchableContext c, List<SObject> scope) {{\n        Set<Id> ids; String key;\n        {}\n        update scope;\n    }}\n",
            call(random, mix, index)
        );
    }
    let token = random.pick(&["UserInfo.getSessionId()", "Auth.login()", "null", "fetchCsrfToken()"]);
    format!(
        "    String token;\n    public Database.QueryLocator start(Database.BatchableContext c) {{ token = {token}; return null; }}\n    \
         public void execute(Database.BatchableContext c, List<SObject> scope) {{\n        Set<Id> ids; String key;\n        {}\n        \
         send(token);\n    }}\n    public void finish(Database.BatchableContext c) {{ }}\n    void send(String value) {{ }}\n",
        call(random, mix, index)
    )
}

fn matter(random: &mut Random, mix: Mix) -> String {
    let target = name(random.below(mix.classes));
    let lines = [
        "HttpRequest r = new HttpRequest(); r.setEndpoint('callout:Erp/x'); r.setTimeout(90000); new Http().send(r);"
            .to_owned(),
        "WebServiceCallout.invoke(stub, request, response, new String[]{ 'a' });".to_owned(),
        format!("String sid = UserInfo.getSessionId(); {target}.push(ids, sid);"),
        format!("System.enqueueJob(new {target}(UserInfo.getSessionId()));"),
        "HttpRequest r = new HttpRequest(); r.setHeader('Authorization', 'Bearer ' + UserInfo.getSessionId());"
            .to_owned(),
        "System.debug('token ' + accessToken);".to_owned(),
        "String host = 'https://acme.my.salesforce.com/services/apexrest/x';".to_owned(),
        "String body = 'grant_type=password&username=a'; HttpRequest r = new HttpRequest();".to_owned(),
        "String sent = 'grant_type=password&password=' + erpPassword; throw new CalloutException('failed with ' + sent);"
            .to_owned(),
        "delete [SELECT Id FROM AuthSession];".to_owned(),
    ];
    let line = &lines[random.below(lines.len())];
    format!(
        "    public static void push(Set<Id> ids, String accessToken) {{\n        {line}\n    }}\n    \
         public static String who() {{ return UserInfo.getUserName(); }}\n"
    )
}

fn filler(random: &mut Random, method: usize, index: usize, mix: Mix) -> String {
    let noun = random.pick(NOUNS);
    let other = if random.one_in(6) { call(random, mix, index) } else { String::new() };
    format!(
        "\n    // Collects what belongs to the {noun} and writes it back.\n    \
         private static Map<Id, List<{noun}__c>> collect{method}(Set<Id> ids, String key) {{\n        \
         Map<Id, List<{noun}__c>> byParent = new Map<Id, List<{noun}__c>>();\n        \
         for ({noun}__c one : [SELECT Id, Name, Parent__c, Amount__c FROM {noun}__c WHERE Parent__c IN :ids LIMIT 500]) {{\n            \
         if (!byParent.containsKey(one.Parent__c)) {{\n                byParent.put(one.Parent__c, new List<{noun}__c>());\n            }}\n            \
         byParent.get(one.Parent__c).add(one);\n        }}\n        \
         String label = 'Total of ' + byParent.size() + ' parents: ' + String.join(new List<String>{{ 'a', 'b' }}, ', ');\n        \
         Decimal sum = 0;\n        for (List<{noun}__c> list{method} : byParent.values()) {{\n            \
         sum += list{method}.size() > 3 ? 1.5 : list{method}.size();\n        }}\n        {other}\n        return byParent;\n    }}\n"
    )
}

fn test_class(random: &mut Random, index: usize, mix: Mix) -> String {
    let name = name(index);
    let mut text = format!("@IsTest\nprivate class {name} {{\n");
    let (mut method, bytes) = (0, mix.size(random));
    while text.len() < bytes {
        let _ = write!(
            text,
            "    @IsTest\n    static void test{method}() {{\n        Test.startTest();\n        {}\n        System.assertEquals(1, \
             [SELECT COUNT() FROM Account], 'one');\n        String s = UserInfo.getSessionId();\n        Test.stopTest();\n    }}\n",
            call(random, mix, index)
        );
        method += 1;
    }
    text.push_str("}\n");
    text
}
