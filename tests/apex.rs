//! What the Apex tables say of small projects of several classes.

#![cfg(feature = "apex")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use sessionlint::discover::Root;
use sessionlint::load::{Loaded, load};
use sessionlint::metadata::{CodeReading, Inputs};
use sessionlint::query::{Tables, Value};
use sessionlint::trial::AS_OF;
use sessionlint::view::{Facts, Views};
use support::Project;

/// A project of classes and triggers: the first word after modifiers that names one gives the file its name.
fn project(files: &[(&str, &str)]) -> Project {
    let folder = |name: &str| match name.rsplit('.').next() {
        Some("cls") => "classes",
        Some("trigger") => "triggers",
        Some("page") => "pages",
        Some("component") => "components",
        _ => "",
    };
    let path = |name: &str| match folder(name) {
        "" => format!("force-app/main/default/{name}"),
        folder => format!("force-app/main/default/{folder}/{name}"),
    };
    let files: Vec<(String, &str)> = files.iter().map(|(name, text)| (path(name), *text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    Project::sfdx(&files)
}

fn read(project: &Project, code: CodeReading) -> Loaded {
    let inputs = Inputs { code, ..Inputs::on(AS_OF) };
    load(&Root::open(&project.root()), inputs)
}

/// The cells of `columns` of every row of `table`, as texts, one row a line.
fn rows(files: &[(&str, &str)], table: &str, columns: &str) -> Vec<String> {
    let project = project(files);
    let some = cells(&read(&project, CodeReading::WhatMatters), table, columns);
    let all = cells(&read(&project, CodeReading::Everything), table, columns);
    assert_eq!(some, all, "what is left out says nothing");
    some
}

fn cells(loaded: &Loaded, table: &str, columns: &str) -> Vec<String> {
    assert!(loaded.notices.is_empty(), "{:?}", loaded.notices);
    let facts = Facts::of(&loaded.project);
    let views = Views::new(&facts);
    let table = views.table(table).unwrap();
    let indices: Vec<usize> = columns.split(' ').map(|name| table.schema.column(name).unwrap()).collect();
    let word = |value: &Value<'_>| match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        other => format!("{other:?}"),
    };
    let row = |row: &sessionlint::query::Row<'_>| {
        indices.iter().map(|index| word(&row.cells[*index].value)).collect::<Vec<_>>().join(" | ")
    };
    table.rows.iter().map(row).collect()
}

const SYNC_JOB: (&str, &str) = (
    "SyncJob.cls",
    "public class SyncJob {\n  @Future(callout=true)\n  public static void push(Set<Id> ids, String key) { }\n  \
     public static void push(String key) { }\n}\n",
);

#[test]
fn a_session_id_that_is_handed_to_a_future_method_is_told() {
    let caller = (
        "Caller.cls",
        "public class Caller {\n  void direct(Set<Id> ids) { syncjob.PUSH(ids, Userinfo.getSessionID()); }\n  \
         void local(Set<Id> ids) {\n    String sid = UserInfo.getSessionId();\n    SyncJob.push(ids, sid);\n  }\n  \
         void other() { SyncJob.push(UserInfo.getSessionId()); }\n}\n",
    );
    let found = rows(&[SYNC_JOB, caller], "ApexSessionUse", "Method Source Sink Target TargetKind Confidence");
    assert_eq!(
        found,
        [
            "Caller.direct | getSessionId | async-argument | SyncJob.push | future | high",
            "Caller.local | getSessionId | async-argument | SyncJob.push | future | high",
            "Caller.other | getSessionId | none | null | null | high",
        ]
    );
}

#[test]
fn a_session_id_that_a_job_is_made_with_is_told() {
    let base = ("BaseJob.cls", "public abstract class BaseJob implements System.Queueable { public String sid; }");
    let job = ("Job.cls", "public class Job extends BaseJob { public Job(String key) { this.sid = key; } }");
    let caller = (
        "Caller.cls",
        "public class Caller {\n  void run() { System.enqueueJob(new Job(UserInfo.getSessionId())); }\n  \
         void set() { Job j = new Job(null); j.sid = UserInfo.getSessionId(); System.enqueueJob(j); }\n  \
         void plain() { new Other(UserInfo.getSessionId()); }\n}\n",
    );
    let other = ("Other.cls", "public class Other { public Other(String key) { } }");
    let found = rows(&[base, job, caller, other], "ApexSessionUse", "Method Sink Target TargetKind");
    assert_eq!(
        found,
        [
            "Caller.run | async-argument | Job | queueable",
            "Caller.set | async-argument | Job | queueable",
            "Caller.plain | none | null | null",
        ]
    );
}

#[test]
fn a_session_id_as_an_api_credential_is_told() {
    let files = [
        (
            "B.cls",
            "public class B {\n  @AuraEnabled public static String q() {\n    HttpRequest r = new HttpRequest();\n    \
             r.setHeader('authorization', 'Bearer ' + UserInfo.getSessionId());\n    \
             return new Http().send(r).getBody();\n  }\n}",
        ),
        (
            "C.cls",
            "public class C {\n  void stub() { stub.SessionHeader.sessionId = UserInfo.getSessionId(); }\n  \
             String envelope() { return '<SessionHeader><sessionId>' + UserInfo.getSessionId() + '</sessionId>'; }\n  \
             void accept(HttpRequest r) { r.setHeader('Accept', UserInfo.getSessionId()); }\n}",
        ),
    ];
    let found = rows(&files, "ApexSessionUse", "Method Sink EntryKind IsFromLightning IsNullChecked");
    assert_eq!(
        found,
        [
            "B.q | authorization-header | aura | true | false",
            "C.stub | session-header | null | false | false",
            "C.envelope | soap-envelope | null | false | false",
            "C.accept | none | null | false | false",
        ]
    );
}

#[test]
fn the_transaction_around_a_session_id_is_told() {
    let files = [
        (
            "J.cls",
            "public class J implements Queueable {\n  public J() { UserInfo.getSessionId(); }\n  \
             public void execute(QueueableContext c) { String s = UserInfo.getSessionId(); if (s != null) { H.use(); } }\n}",
        ),
        ("H.cls", "public class H {\n  public static void use() { UserInfo.getSessionId(); D.deep(); }\n}"),
        ("D.cls", "public class D {\n  public static void deep() { UserInfo.getSessionId(); }\n}"),
        ("T.trigger", "trigger T on Order__e (after insert) { String s = UserInfo.getSessionId(); }"),
        ("U.trigger", "trigger U on Account (after insert) { String s = UserInfo.getSessionId(); }"),
    ];
    let found = rows(&files, "ApexSessionUse", "Method Context IsAsync IsNullChecked");
    assert_eq!(
        found,
        [
            "D.deep | null | false | false",
            "H.use | queueable | true | false",
            "J.J | null | false | false",
            "J.execute | queueable | true | true",
            "T | event-trigger | true | false",
            "U | null | false | false",
        ]
    );
}

#[test]
fn guards_hold_on_their_own_branch_only() {
    let helper = (
        "H.cls",
        "public class H {\n\
         public static void early() { if (System.isFuture()) { return; } UserInfo.getSessionId(); }\n\
         public static void inside() { if (!System.isFuture() && !System.isBatch()) { UserInfo.getSessionId(); } }\n\
         public static void otherwise() { if (System.isFuture()) { x(); } else { UserInfo.getSessionId(); } }\n\
         public static void flag() { Boolean later = System.isFuture() || System.isBatch();\n\
         if (later == false) { UserInfo.getSessionId(); } }\n\
         public static void after() { if (!System.isFuture()) { x(); } UserInfo.getSessionId(); }\n\
         public static void tests() { if (Test.isRunningTest()) { UserInfo.getSessionId(); } }\n\
         public static void batch() { if (System.isBatch()) { return; } UserInfo.getSessionId(); }\n\
         static void x() { }\n}",
    );
    let job = (
        "F.cls",
        "public class F { @future static void run() {\n\
         H.early(); H.inside(); H.otherwise(); H.flag(); H.after(); H.tests(); H.batch(); } }",
    );
    let found = rows(&[helper, job], "ApexSessionUse", "Method Context");
    assert_eq!(
        found,
        [
            "H.early | null",
            "H.inside | null",
            "H.otherwise | null",
            "H.flag | null",
            "H.after | future",
            "H.tests | null",
            "H.batch | future",
        ]
    );
}
