//! How money is taken: by what each bot can be paid and why not by the rest, whether the payment
//! system knows us as we think, and what is left of a price.

use connectors::http::Http;
use connectors::payments;
use connectors::reach::Reach;
use domain::{Currency, Method};

use super::Finding;
use crate::commands::catalog::margin;
use crate::config::{Bot, Config, YooKassa};
use crate::prices;
use crate::start;

/// Below it, a change of rates makes work cost more than it brings.
const MARGIN_SAFE: i64 = 5;

pub async fn check(config: &Config) -> Vec<Finding> {
    let mut findings: Vec<_> = config.bots.iter().map(|it| of_bot(&config.yookassa, it)).collect();
    findings.extend(yookassa(config).await);
    findings.extend(catalog(config));
    findings
}

/// What a bot takes, and why not the rest.
fn of_bot(yookassa: &YooKassa, bot: &Bot) -> Finding {
    let mut says = Vec::new();
    let mut takes = Vec::new();
    for method in Method::ALL {
        match why_not(yookassa, bot, *method) {
            None => takes.push(method.as_str()),
            Some(why) => says.push(format!("{}: {why}", method.as_str())),
        }
    }
    let takes = if takes.is_empty() { "nothing".to_owned() } else { takes.join(", ") };
    let rest = if says.is_empty() { String::new() } else { format!(" ({})", says.join("; ")) };
    let text = format!("bot `{}` takes {takes}{rest}", bot.name);
    if takes == "nothing" { Finding::Note(text) } else { Finding::Good(text) }
}

fn why_not(yookassa: &YooKassa, bot: &Bot, method: Method) -> Option<&'static str> {
    if !bot.methods.contains(&method) {
        return Some("switched off in `methods`");
    }
    match method {
        Method::Stars => None,
        Method::Card | Method::Sbp if !yookassa.is_open && yookassa.is_test => {
            Some("play money is for the sandbox alone; YUKASSA_TEST_MODE=false takes real money")
        }
        Method::Card | Method::Sbp if !yookassa.is_open => {
            Some("YUKASSA_SHOP_ID and YUKASSA_API_KEY are not set")
        }
        Method::Sbp if bot.currency != Currency::Rub => Some("it knows roubles only"),
        Method::Card | Method::Sbp => None,
    }
}

async fn yookassa(config: &Config) -> Vec<Finding> {
    let settings = &config.yookassa;
    if !settings.is_open || settings.is_test {
        return Vec::new();
    }
    let mut findings = whoami(config).await;
    findings.push(match &config.http.public_url {
        Some(url) => Finding::Good(format!(
            "enter {url}/webhooks/yukassa/notification on YooKassa's page of HTTP notifications, \
             for payment.succeeded, payment.canceled and refund.succeeded"
        )),
        None => Finding::Note(
            "YooKassa can't notify us without WEBHOOK_URL: payments are asked about, and customers \
             wait a little longer"
                .to_owned(),
        ),
    });
    let networks = match settings.networks.len() {
        0 => "every address".to_owned(),
        count => format!("{count} networks"),
    };
    let proxies = match config.http.trusted_proxies.as_slice() {
        [] => "no proxy is trusted, so the address is that of the connection".to_owned(),
        proxies => format!("behind the proxies {}", proxies.join(", ")),
    };
    let signed = settings.signature_key.as_ref().map_or("", |_| ", and must be signed");
    findings
        .push(Finding::Good(format!("notifications are taken from {networks}; {proxies}{signed}")));
    findings.push(if settings.is_recurring {
        Finding::Good("plans by card renew themselves, if YooKassa's manager allows it".to_owned())
    } else {
        Finding::Note("no card is saved: plans by card end with their period".to_owned())
    });
    findings.push(match &settings.receipts {
        Some(it) => Finding::Good(format!(
            "receipts are sent with VAT code {}; customers are asked for an e-mail address",
            it.vat_code
        )),
        None => Finding::Note(
            "no receipts are sent: in Russia 54-FZ asks for them, by YooKassa or by other means"
                .to_owned(),
        ),
    });
    findings
}

/// Whether the key is the shop's, and its money as real as the settings say.
async fn whoami(config: &Config) -> Vec<Finding> {
    let access = match start::yookassa_access(config, None) {
        Ok(Some(access)) => access,
        Ok(None) => return Vec::new(),
        Err(error) => return vec![Finding::Broken(error.to_string())],
    };
    let http = match Http::new(Reach::Public { trusted: vec![access.url.origin()] }) {
        Ok(http) => http,
        Err(error) => return vec![Finding::Broken(error.to_string())],
    };
    let gateways = payments::all(|name| (name == "yookassa").then(|| access.clone()));
    let mut findings = Vec::new();
    for gateway in gateways {
        findings.push(match gateway.whoami(&http).await {
            Ok(shop) => judge(&access.shop, &shop),
            Err(error) => Finding::Broken(format!("YooKassa: {error}")),
        });
    }
    findings
}

fn judge(ours: &str, shop: &payments::Shop) -> Finding {
    if shop.account != ours {
        return Finding::Broken(format!(
            "the key is that of the shop {}, not {ours}",
            shop.account
        ));
    }
    if shop.is_test {
        return Finding::Broken(format!(
            "the key is of a test shop ({ours}): its money is play money, and payments would be \
             set aside. Take the key of the real shop"
        ));
    }
    if !shop.is_enabled {
        return Finding::Broken(format!("YooKassa has closed the shop {ours}"));
    }
    Finding::Good(format!("YooKassa knows the shop {ours}, and its money is real"))
}

fn catalog(config: &Config) -> Vec<Finding> {
    let catalog = match prices::read_catalog(config) {
        Ok(catalog) => catalog,
        Err(error) => return vec![Finding::Broken(error.to_string())],
    };
    let margins = prices::margins(&catalog, None).into_iter().map(|it| {
        let says = margin(&it);
        if it.percent < MARGIN_SAFE { Finding::Note(says) } else { Finding::Good(says) }
    });
    margins.collect()
}
