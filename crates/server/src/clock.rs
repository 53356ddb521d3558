//! The time, the chance and the numbers of new things. Nobody else reads them.

use domain::Millis;

/// What time it is. The real one is the system's; tests move their own.
pub trait Clock: Send + Sync {
    fn now(&self) -> Millis;
}

pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the time comes from")]
    fn now(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Millis(since.map_or(0, |it| i64::try_from(it.as_millis()).unwrap_or(i64::MAX)))
    }
}

/// Makes the numbers of which ids are made: the moment in the high 48 bits, chance below.
pub struct Ids(Box<dyn Fn() -> u128 + Send + Sync>);

impl Ids {
    /// Ids that nobody can guess.
    pub fn random() -> Self {
        Self(Box::new(|| {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes)
                .expect("the system's randomness is there once it has booted");
            u128::from_be_bytes(bytes)
        }))
    }

    /// Ids of a given source of chance, so that a test has the same ones each time.
    pub fn from(chance: impl Fn() -> u128 + Send + Sync + 'static) -> Self {
        Self(Box::new(chance))
    }

    /// A number for an id that is made now.
    pub fn next(&self, now: Millis) -> u128 {
        let moment = (now.as_i64() as u128 & 0xffff_ffff_ffff) << 80;
        moment | ((self.0)() & ((1 << 80) - 1))
    }

    /// 128 bits of chance.
    pub fn chance(&self) -> u128 {
        (self.0)()
    }
}
