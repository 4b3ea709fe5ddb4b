//! smithy-rs's cases of its token chain: the bearer token of a login that a profile names.

use credentials::sso::{Session, bearer_token};
use profile::Sdk;
use profile::plan::Ground;
use profile::settings::sso_login;

use crate::replay::Replay;
use crate::{smithy, suites};

#[tokio::test]
async fn default_token_chain() {
    let suite = "smithy-rs/aws-config/test-data/default-token-provider-chain";
    let Some(folder) = suites::find(suite) else { return };
    let mut cases = 0;
    for entry in folder.read_dir().unwrap() {
        let case = entry.unwrap().path();
        let world = smithy::world(&case, &[]);
        let profile = world.plan(Sdk::Linklocal).profile.name;
        let session = world.with_view(|view| {
            let login = sso_login(&Ground::new(view, Sdk::Linklocal).scope(&profile), None);
            login.as_ref().map(Session::from).map_err(ToString::to_string)
        });
        let replay = Replay::read(&case.join("http-traffic.json"));
        let token = bearer_token(&world.context(replay.clone()), &session.unwrap()).await;
        let expected = &suites::json(&case.join("test-case.json"))["result"]["Ok"];
        let name = case.display();
        let token = token.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(expected["token"], token.token.expose().as_str(), "{name}");
        assert_eq!(expected["expiration"], token.expiration.iso8601(), "{name}");
        assert!(replay.differences().is_empty(), "{name}: {:?}", replay.differences());
        cases += 1;
    }
    println!("{suite}: {cases} cases agree");
}
