//! The second step: set up, asked for, replayed, lost, removed; and guesses that reach nobody.
#![allow(clippy::unwrap_used)] // A test stops where something is not as it should be.
mod browser;

use browser::{Browser, house, set_up};
use harness::{PASSWORD, copied, in_both_placements};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn who_has_a_second_step_is_asked_for_it_and_half_signed_in_opens_nothing() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (mut browser, mut old) = (Browser::at(&acme), Browser::at(&acme));
        browser.sign_in(&acme.owner_email, PASSWORD).await;
        old.sign_in(&acme.owner_email, PASSWORD).await;
        let wrong = browser.form("/account/second-step/begin", &[("current", "not it")]).await;
        assert!(wrong.status == 422 && wrong.text.contains("not the password you have now"), "{wrong:?}");
        let (phone, codes) = set_up(&house, &mut browser).await;
        assert!(browser.is_in().await && !old.is_in().await, "who came in by password alone is out");
        assert_eq!(browser.with().get("/api/v1/account").await.body["second_factor"], true);

        let mut half = Browser::at(&acme);
        let asked = half.sign_in(&acme.owner_email, PASSWORD).await;
        assert_eq!((asked.status, asked.header("location")), (303, "/sign-in/second"), "{asked:?}");
        assert!(!half.is_in().await);
        for path in
            ["/api/v1/members", "/api/v1/account", "/api/v1/account/sessions", "/live", "/files/0190", "/palette"]
        {
            assert_eq!(half.with().get(path).await.status, 401, "{path} is shut to who is half signed in");
        }
        assert_eq!(half.form("/account/elsewhere", &[]).await.status, 303, "sent to sign in");
        assert_eq!(half.page("/account/second-step").await.header("location"), "/sign-in?next=/account/second-step");
        assert_eq!(half.page("/sign-in/second").await.status, 200);
        let code = phone.next();
        let wrong = half.form("/sign-in/second", &[("code", &phone.wrong())]).await;
        assert!(wrong.status == 422 && wrong.text.contains("That code is not right"), "{wrong:?}");
        let right = half.form("/sign-in/second", &[("code", &format!("{} {}", &code[..3], &code[3..]))]).await;
        assert_eq!((right.status, right.header("location")), (303, "/settings"), "{right:?}");
        assert!(half.is_in().await);

        // The code that was just used opens nothing more, nor does the half that was finished.
        let mut thief = Browser::at(&acme);
        thief.sign_in(&acme.owner_email, PASSWORD).await;
        assert_eq!(thief.form("/sign-in/second", &[("code", &code)]).await.status, 422, "a replay");
        let by_code = thief.form("/sign-in/second", &[("code", &codes[0].to_uppercase().replace('-', " "))]).await;
        assert_eq!(by_code.status, 303, "a recovery code: {by_code:?}");
        let mut again = Browser::at(&acme);
        again.sign_in(&acme.owner_email, PASSWORD).await;
        assert_eq!(again.form("/sign-in/second", &[("code", &codes[0])]).await.status, 422, "each is good once");

        let stored = {
            let sql = format!("select sealed from {}.second_factor where tenant_id = $1", acme.schema().await);
            house.above().await.query_one(&sql, &[&acme.id]).await.unwrap().get::<_, String>(0)
        };
        assert!(!stored.contains(&phone.totp.secret().to_base32()), "the secret is sealed");
        let told = acme.told().await;
        for kind in ["second_factor.added", "recovery_code.used"] {
            assert!(told.contains(&kind.to_owned()), "{kind}: {told:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_password_and_five_codes_are_all_that_is_tried() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let mut browser = Browser::at(&acme);
        browser.sign_in(&acme.owner_email, PASSWORD).await;
        let (phone, _) = set_up(&house, &mut browser).await;
        let right = phone.next();
        let mut half = Browser::at(&acme);
        half.sign_in(&acme.owner_email, PASSWORD).await;
        for _ in 0..5 {
            assert_eq!(half.form("/sign-in/second", &[("code", &phone.wrong())]).await.status, 422);
        }
        let over = half.form("/sign-in/second", &[("code", &right)]).await;
        assert_eq!((over.status, over.header("location")), (303, "/sign-in"), "the sixth is not looked at");
        assert!(!half.is_in().await);
        // Ten minutes are all there is.
        half.sign_in(&acme.owner_email, PASSWORD).await;
        house.clock.advance(SignedDuration::from_mins(11));
        assert_eq!(half.form("/sign-in/second", &[("code", &phone.shows())]).await.header("location"), "/sign-in");
        // With password after password, the account's codes run out as well.
        let mut heard = 0;
        for _ in 0..4 {
            half.sign_in(&acme.owner_email, PASSWORD).await;
            for _ in 0..5 {
                heard += i32::from(half.form("/sign-in/second", &[("code", &phone.wrong())]).await.status == 422);
            }
        }
        assert!(heard <= 10, "{heard} codes were heard");
    }
}

#[tokio::test]
async fn a_browser_is_remembered_for_thirty_days_and_forgotten_with_the_password() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let mut browser = Browser::at(&acme);
        browser.sign_in(&acme.owner_email, PASSWORD).await;
        let (phone, _) = set_up(&house, &mut browser).await;
        let mut mine = Browser::at(&acme);
        mine.sign_in(&acme.owner_email, PASSWORD).await;
        let fields = [("code", phone.next()), ("remember", "on".to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(mine.form("/sign-in/second", &fields).await.status, 303);
        assert_eq!(mine.sign_in(&acme.owner_email, PASSWORD).await.header("location"), "/settings", "not asked again");
        assert_eq!(mine.sign_in(&acme.owner_email, "wrong password").await.status, 422, "the password still is");
        // Remembered for its owner alone.
        let mut other = Browser::at(&acme);
        other.cookies = mine.cookies.iter().filter(|(name, _)| name.contains("device")).cloned().collect();
        for (_, token) in &mut other.cookies {
            token.replace_range(0..1, if token.starts_with('A') { "B" } else { "A" });
        }
        assert_eq!(other.sign_in(&acme.owner_email, PASSWORD).await.header("location"), "/sign-in/second");
        house.clock.advance(SignedDuration::from_hours(29 * 24));
        assert_eq!(mine.sign_in(&acme.owner_email, PASSWORD).await.header("location"), "/settings");
        house.clock.advance(SignedDuration::from_hours(2 * 24));
        assert_eq!(mine.sign_in(&acme.owner_email, PASSWORD).await.header("location"), "/sign-in/second", "31 days");
        assert_eq!(mine.form("/sign-in/second", &[("code", &phone.next()), ("remember", "on")]).await.status, 303);
        let changed = [("current", PASSWORD), ("password", "quite another secret")];
        assert_eq!(mine.form("/account/password", &changed).await.status, 303);
        let asked = mine.sign_in(&acme.owner_email, "quite another secret").await;
        assert_eq!(asked.header("location"), "/sign-in/second", "a new password forgets where it was left out");
    })
    .await;
}

#[tokio::test]
async fn the_second_step_stands_behind_every_door() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let mut browser = Browser::at(&acme);
        browser.sign_in(&acme.owner_email, PASSWORD).await;
        let (phone, codes) = set_up(&house, &mut browser).await;
        // A program.
        let ask = |password: &str, code: Option<String>| {
            let mut body = json!({ "email": acme.owner_email, "password": password });
            if let Some(code) = code {
                body["code"] = json!(code);
            }
            let visitor = acme.visitor();
            async move { visitor.post("/api/v1/auth/token", body).await }
        };
        let without = ask(PASSWORD, None).await;
        assert_eq!(without.status, 422);
        assert!(without.error("/code").contains("second step"), "{without:?}");
        assert_eq!(ask("wrong password", None).await.status, 401, "who has no password learns nothing of it");
        assert_eq!(ask(PASSWORD, Some(phone.wrong())).await.status, 422);
        let code = phone.next();
        assert_eq!(ask(PASSWORD, Some(code.clone())).await.status, 200);
        assert_eq!(ask(PASSWORD, Some(code)).await.status, 422, "a replay");
        // A lost password.
        let mut lost = Browser::at(&acme);
        lost.form("/forgot", &[("email", &acme.owner_email)]).await;
        house.run_jobs().await;
        let letters = house.letters();
        let letter = letters.iter().find(|letter| letter.to.contains(&acme.owner_email)).unwrap();
        let token = letter.link.clone().unwrap().split("t=").nth(1).unwrap().to_owned();
        let reset = lost.form("/reset", &[("t", &token), ("password", PASSWORD)]).await;
        assert_eq!((reset.status, reset.header("location")), (303, "/sign-in/second"));
        assert!(!lost.is_in().await);
        assert_eq!(lost.form("/sign-in/second", &[("code", &codes[3])]).await.status, 303);
        assert!(lost.is_in().await);
        // New codes void the old ones.
        let fresh = lost.form("/account/second-step/codes", &[("current", PASSWORD)]).await;
        let new: Vec<String> = copied(&fresh).split_whitespace().map(str::to_owned).collect();
        let mut third = Browser::at(&acme);
        third.sign_in(&acme.owner_email, PASSWORD).await;
        assert_eq!(third.form("/sign-in/second", &[("code", &codes[5])]).await.status, 422);
        assert_eq!(third.form("/sign-in/second", &[("code", &new[5])]).await.status, 303);
        // Off, with password and code together.
        let off = third.form("/account/second-step/off", &[("current", PASSWORD), ("code", &phone.wrong())]).await;
        assert!(off.status == 422 && off.text.contains("That code is not right"), "{off:?}");
        let off = third.form("/account/second-step/off", &[("current", PASSWORD), ("code", &phone.next())]).await;
        assert_eq!(off.status, 303, "{off:?}");
        assert_eq!(Browser::at(&acme).sign_in(&acme.owner_email, PASSWORD).await.header("location"), "/settings");
    })
    .await;
}

#[tokio::test]
async fn who_lost_everything_is_let_in_by_an_owner_and_hears_of_it() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let owner = acme.person("owner").await;
        let email = format!("vera@{}.example", acme.slug);
        let vera = json!({ "name": "Vera", "email": email, "role": "dispatcher", "password": PASSWORD });
        let id = owner.post("/api/v1/members", vera).await.id();
        let mut browser = Browser::at(&acme);
        browser.sign_in(&email, PASSWORD).await;
        set_up(&house, &mut browser).await;
        assert!(owner.page(&format!("/settings/people/{id}")).await.text.contains("Remove second step"));
        let remove = format!("/api/v1/members/{id}/remove-second-factor");
        assert_eq!(acme.person("dispatcher").await.post(&remove, json!({})).await.status, 403);
        assert_eq!(house.company("pooled").await.person("owner").await.post(&remove, json!({})).await.status, 404);
        assert_eq!(owner.post(&remove, json!({})).await.status, 200);
        assert!(!browser.is_in().await);
        browser.forget("__Host-tw-device");
        assert_eq!(browser.sign_in(&email, PASSWORD).await.header("location"), "/settings");
        house.run_jobs().await;
        let letters = house.letters();
        assert!(letters.iter().any(|l| l.to.contains(&email) && l.subject.contains("second step")), "she hears of it");
    })
    .await;
}

#[tokio::test]
async fn guesses_are_refused_before_they_cost_and_the_owner_comes_in_meanwhile() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (mut own, mut stranger) = (Browser::at(&acme), Browser::at(&acme));
        assert_eq!(own.sign_in(&acme.owner_email, PASSWORD).await.status, 303);
        let (mut known, mut unknown) = (vec![], vec![]);
        let begun = std::time::Instant::now();
        for _ in 0..300 {
            known.push(stranger.sign_in(&acme.owner_email, "a wrong guess").await.status);
            unknown.push(stranger.sign_in("nobody@nowhere.example", "a wrong guess").await.status);
        }
        let took = begun.elapsed();
        assert_eq!(known, unknown, "an account that exists is slowed down as one that does not");
        assert_eq!(known.iter().filter(|status| **status == 422).count(), 10);
        assert_eq!(known.iter().filter(|status| **status == 429).count(), 290);
        let says = stranger.sign_in(&acme.owner_email, PASSWORD).await;
        assert!(says.status == 429 && says.text.contains("choose a new password by letter"), "{says:?}");
        // The owner, in the browser where she has been before.
        assert_eq!(own.sign_in(&acme.owner_email, PASSWORD).await.status, 303, "the guesses took {took:?}");
        // And in a new one, by letter.
        let mut new = Browser::at(&acme);
        new.form("/forgot", &[("email", &acme.owner_email)]).await;
        house.run_jobs().await;
        let letters = house.letters();
        let letter = letters.iter().find(|letter| letter.to.contains(&acme.owner_email)).unwrap();
        let token = letter.link.clone().unwrap().split("t=").nth(1).unwrap().to_owned();
        assert_eq!(new.form("/reset", &[("t", &token), ("password", PASSWORD)]).await.status, 303);
        assert!(new.is_in().await);
        assert_eq!(new.sign_in(&acme.owner_email, PASSWORD).await.status, 303, "and is known from now on");
        // Minutes later the stranger is heard once a minute.
        house.clock.advance(SignedDuration::from_mins(1));
        assert_eq!(stranger.sign_in(&acme.owner_email, "a wrong guess").await.status, 422);
        assert_eq!(stranger.sign_in(&acme.owner_email, "a wrong guess").await.status, 429);
        // A stolen cookie of a browser is no way to guess for ever.
        let mut thief = Browser::at(&acme);
        thief.cookies = own.cookies.iter().filter(|(name, _)| name.contains("device")).cloned().collect();
        let mut heard = 0;
        for _ in 0..40 {
            heard += i32::from(thief.sign_in(&acme.owner_email, "a wrong guess").await.status == 422);
        }
        assert_eq!(heard, 20);
    })
    .await;
}

#[tokio::test]
async fn an_account_that_exists_answers_in_the_same_time() {
    for placement in harness::PLACEMENTS {
        let house = house().await;
        let acme = house.company(placement).await;
        let mut times = [vec![], vec![]];
        for round in 0..9 {
            for (which, email) in
                [acme.owner_email.clone(), format!("nobody-{round}@nowhere.example")].into_iter().enumerate()
            {
                let begun = std::time::Instant::now();
                let answer = acme.visitor().form("/sign-in", &[("email", &email), ("password", "a wrong guess")]).await;
                assert_eq!(answer.status, 422);
                times[which].push(begun.elapsed().as_micros());
            }
        }
        let middle = |all: &mut Vec<u128>| {
            all.sort_unstable();
            all[all.len() / 2] as f64
        };
        let [known, unknown] = &mut times;
        let ratio = middle(known) / middle(unknown);
        assert!((0.6..1.7).contains(&ratio), "{ratio}: one of the two does without the hash: {times:?}");
    }
}

#[tokio::test]
async fn a_program_sets_the_second_step_up_too() {
    let house = house().await;
    in_both_placements(&house, async |acme| {
        let (me, elsewhere) = (acme.person("owner").await, acme.person("owner").await);
        let at = "/api/v1/account/second-step";
        assert_eq!(elsewhere.get(at).await.status, 200);
        let state = me.get(at).await.body;
        assert_eq!((&state["on"], &state["since"]), (&json!(false), &json!(null)), "{state}");
        let wrong = me.post(at, json!({ "current": "not it" })).await;
        assert_eq!((wrong.status, &wrong.body["errors"][0]["pointer"]), (422, &json!("/current")), "{wrong:?}");
        assert_eq!(me.post(&format!("{at}/codes"), json!({ "current": PASSWORD })).await.status, 404, "nothing is on");

        let drawn = me.post(at, json!({ "current": PASSWORD })).await;
        assert_eq!(drawn.status, 200, "{drawn:?}");
        assert!(drawn.body["otpauth"].as_str().unwrap().starts_with("otpauth://totp/"), "{drawn:?}");
        let phone = browser::Phone::of(&house, drawn.body["secret"].as_str().unwrap());
        assert_eq!(me.get(at).await.body["on"], false, "not before a code was given");
        let wrong = me.post(&format!("{at}/confirm"), json!({ "code": phone.wrong() })).await;
        assert_eq!((wrong.status, &wrong.body["errors"][0]["pointer"]), (422, &json!("/code")), "{wrong:?}");
        let done = me.post(&format!("{at}/confirm"), json!({ "code": phone.shows() })).await;
        let codes = done.body["recovery_codes"].as_array().unwrap_or_else(|| panic!("{done:?}")).clone();
        assert_eq!(codes.len(), 10);
        assert_eq!(me.get(at).await.body["on"], true, "who proved both stays");
        assert_eq!(elsewhere.get(at).await.status, 401, "a token that was given for the password alone is over");

        let token = |code: String| {
            let visitor = acme.visitor();
            let given = json!({ "email": acme.owner_email, "password": PASSWORD, "code": code });
            async move { visitor.post("/api/v1/auth/token", given).await }
        };
        let mut back = me.clone();
        let came = token(phone.next()).await;
        back.credential = Some(("authorization", format!("Bearer {}", came.body["access_token"].as_str().unwrap())));
        let state = back.get(at).await.body;
        assert_eq!((&state["on"], &state["recovery_codes_left"]), (&json!(true), &json!(10)), "{state}");
        assert_eq!(back.post(at, json!({ "current": PASSWORD })).await.status, 409, "there is one already");
        let new = back.post(&format!("{at}/codes"), json!({ "current": PASSWORD })).await;
        assert_ne!(new.body["recovery_codes"], json!(codes), "{new:?}");
        let wrong = back.post(&format!("{at}/off"), json!({ "current": PASSWORD, "code": phone.wrong() })).await;
        assert_eq!((wrong.status, &wrong.body["errors"][0]["pointer"]), (422, &json!("/code")), "{wrong:?}");
        let off = back.post(&format!("{at}/off"), json!({ "current": PASSWORD, "code": phone.next() })).await;
        assert_eq!(off.status, 204, "{off:?}");
        assert_eq!(back.get(at).await.body["on"], false);
        assert_eq!(acme.program().get(at).await.status, 409, "an API key has no account");

        let short = back.post("/api/v1/account/password", json!({ "current": PASSWORD, "password": "short" })).await;
        assert_eq!((short.status, &short.body["errors"][0]["pointer"]), (422, &json!("/password")), "{short:?}");
        let new = json!({ "current": PASSWORD, "password": "nine copper elbows" });
        assert_eq!(back.post("/api/v1/account/password", new).await.status, 204);
        assert_eq!((back.get(at).await.status, me.get(at).await.status), (200, 401), "signed out everywhere else");
        assert_eq!(token(String::new()).await.status, 401, "the old password is over");
    })
    .await;
}
