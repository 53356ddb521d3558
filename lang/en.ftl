### What we say, in English.
### Values in braces come from the program; text from users is escaped before it gets here.
### Telegram's HTML may be used in texts, never in buttons (button-*, language-*, command-*) and labels.

## Languages, each in itself

language-en = English
language-kk = Қазақша
language-ru = Русский
language-ask = Which language shall we speak?

## Commands in the messenger's menu

command-menu = Main menu
command-pictures = Make pictures
command-edit = Edit a photo
command-create = Make a talking video
command-gallery = Gallery
command-avatars = My avatars
command-balance = Balance and history
command-buy = Buy credits
command-plan = My plan
command-promo = Enter a promo code
command-invite = Invite a friend
command-gift = Give credits to a friend
command-help = Questions and answers
command-language = Language
command-cancel = Stop what we are doing
command-terms = Terms
command-privacy = What happens to your photos
command-delete_me = Delete everything about me

## Buttons

button-back = ‹ Back
button-menu = Main menu
button-agree-terms = I agree to the terms
button-agree-photos = I agree, you may work with my photos
button-create-avatar = Create an avatar
button-avatars = My avatars
button-balance = Balance
button-help = Help
button-language = Language
button-resume-draft = Go on with { $name }
button-resume-training = { $name } is training
button-kind-portrait = Portrait (recommended)
button-kind-style = Style
button-compare = Compare the two
button-compare-closely = Compare point by point
button-choose = Choose this one
button-earlier = ‹ Earlier
button-later = Later ›
button-previous = ‹ Previous
button-next = Next ›
button-continue = Continue
button-clean = { $count ->
    [one] Remove the one that doesn’t fit
   *[other] Remove the { $count } that don’t fit
}
button-review = All photos
button-remove-photo = Remove #{ $number }
button-drop-draft = Delete the draft
button-keep-avatar = Leave it as it was
button-drop = Yes, delete it
button-keep-draft = No, keep it for later
button-quality-fast = Fast: { $credits }
button-quality-balanced = Balanced: { $credits }
button-quality-quality = Best quality: { $credits }
button-start = Start for { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-ask-cancel = Stop the training
button-cancel-training = Yes, stop it
button-open-avatar = Open the avatar
button-try-again = Try again
button-go-on = Go on with the photos
button-watch = See how it goes
button-about-avatar = About this avatar
button-make-main = Make it my main avatar
button-retrain = Train again
button-rename = Rename
button-delete = Delete
button-delete-for-good = Yes, delete it for good
button-forget = Yes, delete everything

## Consent

consent-terms =
    <b>Hello, { $name }!</b>
    Here is what I do:
    { $does }

    { $credits ->
        [0] Before we start, please read the /terms and what happens to your photos: /privacy.
        [one] You get { $credits } credit as a welcome gift. Before we start, please read the /terms and what happens to your photos: /privacy.
       *[other] You get { $credits } credits as a welcome gift. Before we start, please read the /terms and what happens to your photos: /privacy.
    }
consent-does-avatars = • an avatar: I learn your face from your photos and make pictures of you
consent-does-edits = • photos: I edit the ones you have
consent-does-videos = • talking videos: you write the words, a person says them
consent-photos =
    <b>One more thing: photos of people</b>
    To train an avatar I look for a face in the photos and send them to a training service. Other photos go to the services that do what you ask for, such as an edit or a talking video. I do this only with your consent.

    • Send photos of yourself, or of someone who has agreed.
    • Training photos are deleted after { $days ->
        [one] { $days } day
       *[other] { $days } days
    }, the others after { $inputs ->
        [one] { $inputs } day
       *[other] { $inputs } days
    }. /delete_me deletes everything that we have at once.
    • The services drop their copies by themselves, within 30 days. Nobody else sees the photos.

## Main menu

home =
    <b>{ $name }, what shall we do?</b>
    You have { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }.
home-held = { $credits ->
    [one] { $credits } more credit is
   *[other] { $credits } more credits are
} set aside.

## Avatars

avatars = <b>Your avatars</b>
avatars-none =
    <b>You have no avatars yet</b>
    Create the first one: it takes a few photos and a few minutes.
avatars-line-main = ★ { $name }
avatars-line-ready = { $name }
avatars-line-training = { $name } · training
avatars-line-draft = { $name } · not trained yet
avatars-line-failed = { $name } · didn’t work out
avatar-title = <b>{ $name }</b>
avatar-facts =
    { $kind } · { $subject }
    State: { $state }
    Photos: { $photos }
avatar-trainings = Trainings: { $trainings }
avatar-pictures = Pictures made: { $pictures }
avatar-spent = Spent: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
avatar-is-main = This is your main avatar.
avatar-state-draft = waiting for photos
avatar-state-photos = photos are being gathered
avatar-state-ready = ready to train
avatar-state-training = training
avatar-state-completed = ready
avatar-state-failed = the training didn’t work out
avatar-state-cancelled = the training was stopped
avatar-ask-name =
    What shall <b>{ $name }</b> be called from now on?
    Send a name of up to { $most } characters.
avatar-ask-delete =
    <b>Delete { $name }?</b>
    Its photos and its trained model will be gone for good. What was spent on it is not returned.

## A new avatar

kind-portrait = Portrait
kind-style = Style
subject-man = Man
subject-woman = Woman
subject-other = Someone or something else
quality-fast = Fast
quality-balanced = Balanced
quality-quality = Best quality
new-pick-kind =
    <b>What shall I learn?</b>
    <b>Portrait</b> learns a face. <b>Style</b> learns a look, a thing or a place.
new-read-portrait =
    <b>Portrait</b>
    Learns one person’s face, so that pictures look like them.

    • { $min }–{ $max } photos, one face in each
    • at least { $side } pixels on the short side, the face at least { $face }
    • takes about { $from }–{ $to } minutes
    • from { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }
new-read-style =
    <b>Style</b>
    Learns a look, a thing or a place. No face is needed.

    • { $min }–{ $max } photos or pictures
    • at least { $side } pixels on the short side
    • takes about { $from }–{ $to } minutes
    • from { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }
new-compare = <b>Portrait or Style?</b>
new-compare-portrait = <b>Portrait</b>: you, your family, a client. { $min }–{ $max } photos, { $from }–{ $to } minutes. Take this one if you are not sure.
new-compare-style = <b>Style</b>: a brand’s look, a product, an interior. { $min }–{ $max } pictures, { $from }–{ $to } minutes.
new-compare-closely = <b>Point by point</b>
new-best-for-portrait = Best for: portraits, profile pictures, photo shoots
new-best-for-style = Best for: drawing styles, products, places
rating-speed = speed
rating-portraits = portrait quality
rating-versatility = versatility
rating-simplicity = ease of use
new-price-line = { $quality }: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
new-pick-subject =
    <b>Who or what is in the photos?</b>
    This helps the pictures come out right.
new-ask-name =
    <b>What is the avatar called?</b>
    Send a name of up to { $most } characters. Only you see it.

## The photo desk

desk-empty-portrait =
    <b>{ $name }: send the photos</b>
    { $min }–{ $max } photos of one person, as an album or one by one, as photos or as files (JPEG, PNG, WebP).

    • one face in each, well lit and sharp
    • different days, clothes and backgrounds
    • at least { $side } pixels on the short side

    I look at each one before you pay anything.
desk-empty-style =
    <b>{ $name }: send the pictures</b>
    { $min }–{ $max } pictures of the style, thing or place, as an album or one by one, as photos or as files (JPEG, PNG, WebP), at least { $side } pixels on the short side.

    I look at each one before you pay anything.
desk-title = <b>{ $name }: photos</b>
desk-count = Fit for training: { $usable } of { $count } (needed: { $min }–{ $max })
desk-looking = Looking at the photos: { $done } of { $count } done…
desk-good = Good: { $numbers }
desk-numbers = #{ $span }
desk-line-good = { $numbers }: good
desk-line-waiting = { $numbers }: looking at it…
desk-line-doubtful = { $numbers }: usable, but { $verdicts }
desk-line-bad = { $numbers }: <b>{ $verdicts }</b>
desk-lines-more = …and { $count } more.
desk-heic = About HEIC: on an iPhone choose Settings › Camera › Formats › Most Compatible, or send it as a photo.
desk-readiness = Readiness: <b>{ $score }</b> of 100
desk-more = Send some more: at least { $min } good ones are needed.
desk-enough = That is enough to start. More good photos make the avatar better.
desk-review = <b>All photos</b>
desk-drop =
    <b>Delete the draft “{ $name }”?</b>
    { $count ->
        [0] It has no photos yet.
        [one] Its photo will be deleted.
       *[other] Its { $count } photos will be deleted.
    } Nothing was charged.
verdict-not-a-picture = not a picture I can open
verdict-heic = HEIC, which I can’t open
verdict-broken = damaged file
verdict-too-large = too large
verdict-gone = Telegram no longer has it, please send it again
verdict-too-small = too small
verdict-no-face = no face found
verdict-several-faces = several faces
verdict-face-too-small = the face is too small
verdict-duplicate = the same as #{ $number }
verdict-near-duplicate = almost the same as #{ $number }
verdict-blurred = blurred
verdict-too-dark = too dark
verdict-too-bright = too bright

## Quality and price

order-pick-quality =
    <b>{ $name }: which quality?</b>
    The better the quality, the longer the training and the closer the likeness. Prices are in credits.
order-confirm =
    <b>{ $name }</b>
    { $kind } · { $quality }
    Photos: { $photos }
    Time: about { $from }–{ $to } minutes

    Price: <b>{ $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }</b>. You have { $have }, { $left } will be left.
    The credits are set aside now and charged only when the avatar is ready. If it doesn’t work out, they all come back.
order-confirm-short =
    <b>{ $name }</b>
    { $kind } · { $quality }
    Photos: { $photos }

    Price: <b>{ $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }</b>. You have { $have }, which is not enough. You can choose another quality; your photos stay here.

## The training

run-title = <b>{ $name } is training</b>
run-pending = Your photos are being packed.
run-processing = The training service is working on it.
run-uncertain = I am checking with the training service whether it has begun. Your credits are safe.
run-percent = { $bar } { $percent }%
run-queue = Place in the queue: { $place }
run-time = It usually takes { $from }–{ $to } minutes. You can close the chat: I will write when it is ready.
run-held = Set aside: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
run-cancel-asked = Stopping… I will write as soon as it has stopped.
run-ask-cancel =
    <b>Stop training { $name }?</b>
    Nothing is charged for a training that is stopped: { $credits ->
        [one] { $credits } credit comes
       *[other] { $credits } credits come
    } back to you. If it turns out to be finished by then, you get the avatar and it is charged as agreed. Your photos stay.
run-succeeded =
    <b>{ $name } is ready</b>
    Charged: { $credits ->
        [0] nothing
        [one] { $credits } credit
       *[other] { $credits } credits
    }.
run-failed =
    <b>{ $name }: the training didn’t work out</b>
    { $reason }
    Returned: { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }.
run-canceled =
    <b>{ $name }: the training was stopped</b>
    Returned: { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }.
fault-photos-unusable = The training service couldn’t use these photos. Try other ones: sharp, with one face each.
fault-content-rejected = The training service’s rules don’t allow these photos.
fault-voice-gone = This voice isn’t there any more.
fault-text-too-long = The text is too long.
fault-sound-too-long = The recording is too long.
fault-sound-too-short = The recording is too short.
fault-provider-failed = The training service broke down, and trying again didn’t help. Please try later.
fault-too-slow = It took too long, so I stopped it.
fault-result-broken = What came back was damaged. Please try again.
fault-uncertain = I couldn’t find out whether the training service had taken the work, so I called it off.
fault-provider-closed = The training service isn’t taking work at the moment. The owner has been told.
fault-ours = Something broke on our side. The owner has been told.

## Balance

balance = <b>You have { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}</b>
balance-held = Set aside: { $credits }
balance-nothing = No movements yet.
history-welcome = { $on }  <b>{ $amount }</b>  welcome gift
history-gift = { $on }  <b>{ $amount }</b>  { $about }
history-taken = { $on }  <b>{ $amount }</b>  taken back: { $about }
history-training = { $on }  <b>{ $amount }</b>  training of { $about }
history-training-held = { $on }  <b>{ $amount }</b>  set aside for training { $about }
history-pictures = { $on }  <b>{ $amount }</b>  pictures of { $about }
history-pictures-held = { $on }  <b>{ $amount }</b>  set aside for pictures of { $about }
history-ordered-held = { $on }  <b>{ $amount }</b>  set aside: { $about }
history-expired = { $on }  <b>{ $amount }</b>  expired
history-other = { $on }  <b>{ $amount }</b>  { $about }

## Questions and answers

faq = <b>What would you like to know?</b>
faq-photos-title = Which photos work best?
faq-photos =
    <b>Which photos work best?</b>
    Ten to twenty photos of one person on different days: close up and to the waist, from the front and slightly from the side. Sharp, with daylight, without sunglasses, filters or other people.

    I look at every photo before you pay and say what is wrong with it.
faq-time-title = How long does it take?
faq-time =
    <b>How long does it take?</b>
    A portrait takes 3–15 minutes, a style 5–30. You may close the chat: the training goes on, and I write when it is ready. A training that takes far too long is stopped, and the credits come back.
faq-money-title = When are credits charged?
faq-money =
    <b>When are credits charged?</b>
    When you confirm an order they are set aside; when it is ready they are charged. If it fails, or you stop it, all of them come back. Every movement is listed under /balance.
faq-privacy-title = Who sees my photos?
faq-privacy =
    <b>Who sees my photos?</b>
    Only the services that do the work. A training service gets the photos for your avatar, and the studio that makes pictures gets the finished avatar. A photo for an edit or a talking video goes to the studio that edits it, moves the lips or cuts the person out; the words of a video go to a speech service.

    Training photos are deleted after { $days ->
        [one] { $days } day
       *[other] { $days } days
    }, photos for edits and videos after { $inputs ->
        [one] { $inputs } day
       *[other] { $inputs } days
    }. /delete_me deletes photos and avatars on our side at once and gives you a receipt; the services keep their copies of photos for up to 30 days, and what was spoken may stay in the speech service’s history for longer.
faq-failed-title = It didn’t work. What now?
faq-failed =
    <b>It didn’t work. What now?</b>
    The message says why. Most often photos are the reason: replace the doubtful ones and train again. Failed trainings cost nothing.
faq-payments-title = How do payments work?
faq-payments =
    <b>How do payments work?</b>
    Credits are bought with /buy: by card, by SBP or with Telegram Stars, whichever this bot takes. They come by themselves, usually within a minute, and you can go on with what you were doing. Plans bring credits every month and are cancelled in one press under /plan. Money for unspent bought credits can be returned: /paysupport.
faq-flagged-title = What if a picture isn’t let through?
faq-flagged =
    <b>What if a picture isn’t let through?</b>
    Every picture is looked at by a safety check. What it keeps back you don’t see and don’t pay for: the credits for that picture come back at once.

    If there are many of them in one day, making pictures rests until tomorrow.
faq-kept-title = How long are pictures kept?
faq-kept =
    <b>How long are pictures kept?</b>
    { $results ->
        [0] Pictures are kept until you delete them.
        [one] Pictures are kept for { $results } day. I warn you before they are deleted.
       *[other] Pictures are kept for { $results } days. I warn you before they are deleted.
    } Favourites stay for good: mark what you like with the star in the gallery. Everything you paid for can be sent again for nothing, originals included.
faq-repeat-title = What do Repeat and Similar ones do?
faq-repeat =
    <b>What do Repeat and Similar ones do?</b>
    “Repeat” makes new pictures with the same settings: the same style and words, another result each time. “Similar ones” begins from one finished picture, so pose and framing stay close. “Change it” begins from it, too, but changes what you describe.
faq-refunds-title = When do credits come back?
faq-refunds =
    <b>When do credits come back?</b>
    For everything that you didn’t get. If three of four pictures work out, three are charged. If none does, or you stop in time, all credits come back. Every movement is listed under /balance.
faq-edits-title = What happens when I edit a photo?
faq-edits =
    <b>What happens when I edit a photo?</b>
    You send one or two photos, choose what shall be done or say it in your own words, and see the price before you start. The photo itself stays as it is: you get a new picture, and can compare the two. Sharp photos with one subject and enough light work best.
faq-videos-title = What does a talking video cost?
faq-videos =
    <b>What does a talking video cost, and how long does it take?</b>
    The price goes by the second: each second begun counts, { $least } at least. So you hear the recording first and then see the price. Nothing is charged before you agree. A short video takes a few minutes, a longer one more; you may close the chat, I write when it is ready.

    If it doesn’t work out, or you stop it in time, the credits set aside for it come back. What was finished before, such as a recording that you have listened to, stays paid.
faq-faces-title = Which photo suits a video?
faq-faces =
    <b>Which photo suits a video?</b>
    One person, facing the camera, with the whole face in the light and the mouth uncovered. Upright photos to the chest look most natural; sunglasses, hands before the face and several people don’t work. Only use a photo of somebody who agrees to it, or take one of our characters: they are nobody in particular.
faq-voices-title = Whose voices are these?
faq-voices =
    <b>Whose voices are these?</b>
    They are voices of a speech service, made for everybody’s use; you can listen to each before you choose. Your own voice or somebody else’s is not copied. If a voice isn’t offered any more, I tell you: another one speaks only when you agree to it, and for the one that is gone nothing is charged.
faq-label-title = Will people see that it is made by AI?
faq-label =
    <b>Will people see that it is made by AI?</b>
    { $labels ->
        [0] Not by the video itself: no note stands in it here. In many places the law asks for one, so please say it yourself.
       *[other] Yes: a small note stands in a corner of the video, and its file says so, too. Please leave it there: in many places the law asks for it.
    } Don’t use a video to make people believe that somebody said what they didn’t.
faq-clips-title = How long are videos kept?
faq-clips =
    <b>How long are videos kept?</b>
    { $results ->
        [0] Finished videos are kept until you delete them.
        [one] Finished videos are kept for { $results } day, as pictures are.
       *[other] Finished videos are kept for { $results } days, as pictures are.
    } Favourites stay for good. A background video that you sent is only needed while yours is made, and is deleted by itself after { $clips ->
        [one] { $clips } day
       *[other] { $clips } days
    }, a photo of your own after { $inputs ->
        [one] { $inputs } day
       *[other] { $inputs } days
    }. /delete_me deletes all that we have of it at once.

## Feedback and orders

command-feedback = Write to us
command-orders = My orders
button-feedback = Write to us
button-answer = Answer
button-orders = My orders
button-rate-good = I like it
button-rate-bad = I don’t like it
button-rated-good = You like it
button-rated-bad = You don’t like it
feedback-write =
    <b>What would you like to tell us?</b>
    Write it here, or send a photo or a video with a few words: up to { $most } characters at once, and up to { $often } messages an hour. A person reads it and answers in this chat.
feedback-answer =
    <b>Your answer</b>
    Write it here, or send a photo or a video. It goes to the person who wrote to you.
feedback-sent =
    <b>{ $count ->
        [one] Thank you, your message has arrived
       *[other] Thank you, your { $count } messages have arrived
    }</b>
    A person reads what you wrote, and the answer comes here. To add something, just write it.
feedback-only = I can pass on words, photos and videos. Please send it as one of these.
feedback-too-often = This message was not passed on: there were too many in the last hour. Please write a little later.
news-feedback-taken = Thank you, your message has arrived.
news-feedback-answered =
    <b>An answer for you</b>
    { $words }
news-feedback-answered-file = <b>An answer for you</b>
news-rated-good = Thank you! We are glad that you like it.
news-rated-bad = Thank you, that helps us. If something is wrong with it, tell us: /feedback
orders = <b>My orders</b>
orders-none =
    <b>My orders</b>
    There are none yet. You can make pictures (/pictures), edit a photo (/edit) or make a talking video (/create).
orders-line = <b>{ $number }.</b> { $what } · { $on }
orders-avatar-gone = a deleted avatar
orders-picture = Pictures: { $name }, { $count }
orders-edit = Edit: { $name }
orders-character = A new look
orders-speech = A recording
orders-video = A talking video
orders-running = { $percent } % done, set aside: { $credits }
orders-waiting = in progress, set aside: { $credits }
orders-ready = ready, charged: { $credits }
orders-ready-partly = ready, charged: { $credits }, returned: { $returned }
orders-failed = not made, returned: { $credits }
orders-canceled = stopped, returned: { $credits }
support-from =
    <b>{ $name }</b>, { $telegram }, { $bot }
    { $user }, balance: { $credits }
support-order = Last order: { $order }
support-no-order = No orders yet.
support-answered = It has arrived.
support-blocked = It did not arrive: they have blocked the bot. If they come back, they will get it.
support-forgotten = It did not arrive: everything about them was deleted at their wish, so there is nobody to write to.
support-not-sent = It could not be sent. The reason is on the attention list.
support-stray = This went to nobody: I don’t know whose words these are. Please reply to a message that shows what a customer wrote. If there is none of theirs, they have to write again.
support-too-long = It did not go: { $most } characters at most, please.
support-unsure = It may have arrived; Telegram didn’t say. It isn’t sent twice.
support-unusable = It did not go: I can pass on words, photos, videos and files.

## Papers

paper-terms =
    <b>Terms, in short</b>
    • Send only photos of yourself or of people who agreed to it. No children, no strangers, no celebrities.
    • Avatars are yours. Don’t use them to deceive or to hurt anyone.
    • Credits pay for work. Work that isn’t delivered isn’t charged.
    • We may refuse photos that break the law or the training service’s rules.
paper-privacy =
    <b>Your photos and your data</b>
    • We keep your Telegram name and ID, your photos and clips, avatars, pictures, videos, recordings and the history of your credits.
    • Photos are sent to a training service only to train your avatar, and without the place and time that cameras write into them.
    • Training photos are deleted after { $days ->
        [one] { $days } day
       *[other] { $days } days
    }, photos for edits and videos after { $inputs ->
        [one] { $inputs } day
       *[other] { $inputs } days
    }.
    • Pictures are made by a studio, which gets only your avatar and your words, and for an edit the photo that you send for it. A photo that you send to be described, and words that I help with, are seen by the service that helps.
    • For a talking video a speech service gets your text, and the studio gets the recording and the picture of whoever speaks. The clip behind them goes to nobody and is deleted after { $clips ->
        [one] { $clips } day
       *[other] { $clips } days
    }.
    • { $results ->
        [0] Pictures, videos and recordings are kept until you delete them.
        [one] Pictures, videos and recordings are kept for { $results } day, favourites for good.
       *[other] Pictures, videos and recordings are kept for { $results } days, favourites for good.
    }
    • What you write with /feedback is read by those who answer for this bot, in their chat at Telegram.
    • /delete_me deletes all of it with us; the services drop their copies by themselves, usually within 30 days. The record of credits stays, without your name.
paper-pay-support =
    <b>Help with payments</b>
    Every movement of your credits is listed under /balance. A payment usually arrives within a minute. If it doesn’t, press “I have paid” below the order, or write to the owner of this bot and name the day and the amount.

    • Bought credits that you haven’t spent are refundable: the money goes back the way it came.
    • Spent credits aren’t: their work is done. Work that didn’t come about isn’t charged in the first place.
    • Gifts and bonuses aren’t exchanged for money.
    • A plan is cancelled in one press: /plan.

    Telegram’s own support can’t help with purchases in bots, not even with Stars: please write to us: /feedback

## Deleting everything

forget-ask =
    <b>Delete everything about you?</b>
    Photos, clips, avatars, pictures, videos, recordings and trained models will be deleted on our side for good; the services that worked on them drop their copies by themselves, usually within 30 days. Work that is under way is stopped. { $credits ->
        [0] You have no credits left.
        [one] Your { $credits } credit is lost.
       *[other] Your { $credits } credits are lost.
    } You get a receipt when it is done.
forget-begun = I am deleting everything about you. You will get a receipt when it is done.

## News

news-welcomed = Welcome! { $credits ->
    [one] { $credits } credit is
   *[other] { $credits } credits are
} yours.
news-language-changed = We speak English now.
news-photos-removed = { $count ->
    [0] There was nothing to remove.
    [one] Removed { $count } photo.
   *[other] Removed { $count } photos.
}
news-renamed = Renamed.
news-main-chosen = This is your main avatar now.
news-avatar-deleted = Deleted.
news-avatar-ready =
    <b>{ $name } is ready!</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Charged: { $credits } credit.
       *[other] Charged: { $credits } credits.
    }
news-training-failed =
    <b>{ $name }: the training didn’t work out</b>
    { $reason }
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
news-training-canceled =
    <b>{ $name }: the training was stopped</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
news-forgotten =
    <b>Receipt: your data was deleted</b>
    Day: { $on }
    Avatars: { $avatars }
    Photos: { $photos }
    Pictures: { $pictures }
    Videos: { $videos }
    Recordings: { $speeches }
    Background clips: { $clips }

    The record of credits stays without your name. To begin anew, send /start.
news-granted = { $credits ->
    [one] You were given { $credits } credit: { $reason }
   *[other] You were given { $credits } credits: { $reason }
}
news-broken = Something broke on our side, and I couldn’t do that. Nothing was charged. Please try again; if it happens again, tell the owner the number { $number }.

news-later = I can’t do that right now: something on our side is down for a moment. Nothing was charged, and what you sent is not lost. (Number { $number })

## Short notices

notice-old-button = That menu is out of date. Here is the current one.
notice-use-buttons = Please use the buttons below.
notice-unknown-command = I don’t know that command. Here is where we are:
notice-photo-where = To use photos, first create an avatar: I will ask for them.
notice-not-here = I have no use for this here. Here is where we are:
notice-cancelled = All right, stopped. Nothing was charged.
notice-nothing-to-cancel = There is nothing to stop.
notice-name-empty = A name needs at least one visible character.
notice-name-long = That name is too long: up to { $most } characters, please.
notice-name-first = First the name, please. Then the photos.
notice-send-photos = Send photos here: as an album, one by one, or as files.
notice-video-not-photo = That is a video. I need photos here.
notice-file-not-photo = That file isn’t a photo. I need JPEG, PNG or WebP.
notice-file-large = That file is over 20 MB, more than Telegram lets me download. Please send it as a photo, or smaller.
notice-draft-kept = The draft is kept. You will find it in the menu.
notice-training-runs = The training is running. I will write when it is ready.
notice-unsure = One message of mine may not have reached you. Everything it said is here.
notice-unsure-answer = An answer that we wrote to you may not have arrived. If you don’t see it, tell us: /feedback

## Refusals

refusal-avatar-gone = This avatar is gone.
refusal-avatars-too-many = There is no room for another avatar: the limit is { $most }. Delete one to make room.
refusal-being-forgotten = Everything about you is still being deleted. One moment, please: you will get a receipt.
refusal-nothing-to-cancel = There is nothing to stop: it has already ended.
refusal-photo-gone = This photo is gone.
refusal-photos-still-checked = { $left ->
    [one] I am still looking at { $left } photo. One moment, please.
   *[other] I am still looking at { $left } photos. One moment, please.
}
refusal-photos-too-few = Photos that fit: { $have }. Needed: { $need }.
refusal-photos-too-many = There is no room for more photos: the limit is { $most }. Remove some to send others.
refusal-product-paused = This isn’t on offer at the moment. Nothing was charged.
refusal-quote-expired = That price is out of date, so please choose again.
refusal-short-of-credits = This costs { $need ->
    [one] { $need } credit
   *[other] { $need } credits
}, and you have { $have }. Nothing was charged.
refusal-terms-not-accepted = First we need your agreement to the terms.
refusal-training-runs = This avatar is already training.

## Money

money-kzt = { $amount } ₸
money-rub = { $amount } ₽
money-stars = { $count ->
    [one] { $amount } Telegram Star
   *[other] { $amount } Telegram Stars
}
news-order-left = The order is cancelled. You weren’t charged.
news-order-checked = Looking for your payment. It usually takes a few seconds.
news-paid = Your payment of { $money } has arrived. Added to your balance: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-not-paid = The payment didn’t go through: { $reason } You weren’t charged. You can try again or choose another way to pay.
news-payment-parked = We received { $money } but couldn’t match it to an order right away. Nothing is lost: someone from support will look and write to you. /paysupport helps to speed it up.
news-refunded = { $money } is on its way back to you. Taken from your balance: { $taken ->
    [one] { $taken } credit
   *[other] { $taken } credits
}. The money goes back the way it came; a bank may need a few days.
news-plan-started = Your { $plan } plan has started. It is paid until { $until }.
news-plan-renewed = Your { $plan } plan is renewed until { $until }. Added to your balance: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-plan-renews = On { $on } we will renew your { $plan } plan and charge { $money }. One press cancels it: /balance → My plan.
news-plan-unpaid = We couldn’t renew your { $plan } plan: { $reason } We will try again on { $on }.
news-plan-unpaid-last = We couldn’t renew your { $plan } plan: { $reason } We won’t try again. Your credits stay with you.
news-plan-stopped = The plan won’t renew. It lasts until { $until }, and your credits stay with you.
news-plan-kept = Good, the plan stays. It renews on { $until }.
news-plan-ended = Your { $plan } plan has ended. Your credits stay with you. You can come back any time.
news-card-unlinked = The card is unlinked. Nothing more will be charged to it.
news-promo-credits = The code works. Added to your balance: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-promo-bonus = The code works: your next pack comes with { $percent }% more credits.
news-promo-discount = The code works: your next pack costs { $percent }% less.
news-promo-plan = The code works: you have the { $plan } plan for { $days ->
    [one] { $days } day
   *[other] { $days } days
}. It won’t renew by itself.
news-gift-made = The gift is ready. Send the link to a friend: whoever opens it first gets the credits.
news-gift-taken-back = The gift is called off. Back on your balance: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-gift-opened = A gift for you! Added to your balance: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-gift-received = Your gift was opened: your friend now has { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-gift-returned = Nobody opened your gift. Back on your balance: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-rewarded-inviter = Your friend has made a first purchase. Thank you for inviting them! Added to your balance: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-rewarded-invited = A gift for your first purchase by invitation: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
news-contact-kept = Noted. Receipts will go there.
declined-no-money = there wasn’t enough money, or a limit was reached.
declined-card-wrong = the card details didn’t fit, or the bank got no confirmation.
declined-bank = the bank declined it.
declined-not-confirmed = the payment page timed out.
declined-revoked = the permission to charge was withdrawn.
declined-called-off = the payment was called off.
declined-other = the payment system gave no reason.
refusal-contact-needed = A receipt needs an e-mail address. We ask just once.
refusal-contact-wrong = That doesn’t look like an e-mail address or a phone number. For example: anna@mail.com
refusal-gift-gone = This gift has been opened already, or its time is over.
refusal-gift-own = This gift is your own. Send the link to a friend.
refusal-gifts-after-purchase = You can give credits after your first purchase.
refusal-order-gone = This order is gone.
refusal-pack-gone = This pack isn’t on sale any more. Nothing was charged.
refusal-method-off = This way to pay isn’t available now. Please choose another.
refusal-no-plan = You have no plan at the moment.
refusal-not-an-owner = Only owners of the bot can do this.
refusal-nothing-to-refund = There is nothing to give back: the credits of this payment are spent, or the money went back already.
refusal-plan-runs = You already have a plan. You’ll find it in your balance.
refusal-promo-ended = This code has expired.
refusal-promo-entered = You have entered this code before.
refusal-promo-unknown = There is no such code. Please check the spelling.
refusal-promo-used-up = This code has been used up.
refusal-too-many-tries = Too many tries. Please try again in an hour.
refusal-user-gone = There is no such customer.
refusal-gift-too-small = The smallest gift is { $least ->
    [one] { $least } credit
   *[other] { $least } credits
}.
refusal-gifts-too-many = You already have { $most } unopened gifts. Call one off to make another.
history-bought = { $on }  <b>{ $amount }</b>  payment of { $about }
history-on-top = { $on }  <b>{ $amount }</b>  bonus with a payment
history-promo = { $on }  <b>{ $amount }</b>  promo code
history-reward = { $on }  <b>{ $amount }</b>  invitation reward
history-friends-gift = { $on }  <b>{ $amount }</b>  a friend’s gift
history-given = { $on }  <b>{ $amount }</b>  a gift to a friend
history-given-held = { $on }  <b>{ $amount }</b>  set aside for a gift
history-refunded = { $on }  <b>{ $amount }</b>  money refunded
history-refund-held = { $on }  <b>{ $amount }</b>  set aside for a refund
button-top-up = Top up
button-plans = Plans
button-my-plan = My plan
button-pack = { $amount } · { $money }
button-plan = { $plan } · { $money }
button-method-card = Card · { $money }
button-method-sbp = SBP · { $money }
button-method-stars = { $money }
button-pay = Pay { $money }
button-check-order = I have paid
button-leave-order = Cancel the order
button-order-again = Order again
button-resume = Go on with what I was doing
button-agree-plan = I agree, pay { $money }
button-ask-stop-plan = Cancel the plan
button-stop-plan = Yes, cancel it
button-keep-plan = Keep the plan
button-ask-unlink = Unlink the card
button-unlink-card = Yes, unlink it
pack-credits = { $amount } { $count ->
    [one] credit
   *[other] credits
}
paid-by-card = { $money }, by card
paid-by-sbp = { $money }, by SBP
paid-by-stars = { $money }
shop =
    <b>How many credits shall it be?</b>
    You have { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }.
shop-line = • { $what }: { $price }
shop-line-best = • <b>{ $what }</b>: { $price } (best value)
shop-price-cut = <s>{ $old }</s> { $new }
shop-price-or = { $first } or { $second }
order-top-up = Or top up: this order waits for you and goes on afterwards.
shop-deal-discount = Promo code { $code }: { $percent }% off.
shop-deal-bonus = Promo code { $code }: { $percent }% more credits, already counted below.
shop-method =
    <b>{ $what }</b>
    { $price }

    How would you like to pay? The price holds for an hour. By paying you accept the /terms; money for unspent bought credits can be returned: /paysupport.
contact-ask =
    <b>Where shall the receipt go?</b>
    Send an e-mail address or a phone number. It is used for receipts only, and I ask just once.
pay-plan = { $plan } plan: { $credits }
pay-open =
    <b>{ $what }</b>
    To pay: { $how }
pay-link-soon = One moment: I’m getting the payment ready.
pay-link = Pay with the button below. The credits come by themselves, usually within a minute.
pay-paid =
    <b>Paid: { $money }</b>
    Added: { $credits }. You have { $have } now.
pay-declined =
    <b>The payment didn’t go through</b>
    { $what }, { $money }: { $reason }
    You weren’t charged. You can try again or choose another way to pay.
pay-expired =
    <b>This order is closed</b>
    { $what }, { $money }: it wasn’t paid. If money of yours comes later, so do the credits.
pay-refunded =
    <b>Refunded</b>
    { $what }: { $money } went back the way it came. A bank may need a few days.
plans = <b>Plans: credits every month, for less</b>
plans-title = <b>{ $plan }</b>
plans-title-best = <b>{ $plan }</b> (best value)
plans-credits = • { $credits } every { $days ->
    [one] { $days } day
   *[other] { $days } days
}
plans-priority = • your work goes first
plans-discount = • pictures cost { $percent }% less
plans-price = { $price } for { $days ->
    [one] { $days } day
   *[other] { $days } days
}
plans-method = How would you like to pay? You see everything once more before anything is charged.
plans-confirm =
    <b>{ $plan } plan</b>
    Now: { $how }. You get { $credits }.
    Then: { $money } every { $days ->
        [one] { $days } day
       *[other] { $days } days
    }, charged by itself until you cancel. Next charge: <b>{ $next }</b>.

    You can cancel in one press at any time: /plan. What is paid for stays yours. I remind you before each charge. By agreeing you accept the /terms.
my-plan = <b>{ $plan } plan</b>
my-plan-brings = Each time it brings { $credits }.
my-plan-none = You have no plan at the moment.
my-plan-active = Paid until { $until }. Next charge, on that day: { $money }.
my-plan-stopping = It lasts until { $until } and won’t be renewed. Nothing more is charged, and your credits stay.
my-plan-unpaid = It was paid until { $until }. I couldn’t charge { $money } and will try again.
my-plan-card = Paid with: { $card }
my-plan-ask-stop =
    <b>Cancel the { $plan } plan?</b>
    Nothing more is charged. It lasts until { $until }, and your credits stay with you.
my-plan-ask-unlink =
    <b>Unlink { $card }?</b>
    From this moment nothing is charged to it. The { $plan } plan lasts until { $until } and won’t be renewed.
button-promo = Promo code
button-invite = Invite a friend
button-gift-credits = Give credits
button-share = Send to a friend
button-gift = Gift of { $credits }, until { $until }
button-give = Give { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-take-back = Call the gift off
notice-promo-text = Please send the code as text.
notice-number-wrong = Please send a whole number, for example 150.
notice-gift-large = You can give at most what you have: { $have }.
promo-ask =
    <b>Promo code</b>
    Send the code as a message.
invite = <b>Invite a friend</b>
invite-reward = When a friend comes by your link and pays for the first time:
invite-reward-own = • you get { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
invite-reward-friend = • your friend gets { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
invite-link = Your link: <code>{ $link }</code>
invite-numbers =
    Came: { $joined }
    Paid: { $paid }
    Earned: { $earned ->
        [one] { $earned } credit
       *[other] { $earned } credits
    }
invite-words = { $credits ->
    [0] I make avatars from photos here. Have a look!
    [one] I make avatars from photos here. With your first purchase you get { $credits } credit on top.
   *[other] I make avatars from photos here. With your first purchase you get { $credits } credits on top.
}
gift =
    <b>Credits for a friend</b>
    You have { $have ->
        [one] { $have } credit
       *[other] { $have } credits
    }. Choose how many to give, or send a number. You get a link; whoever opens it first gets the credits.
gift-list = Given before:
gift-line-open = • { $credits }: waits until { $until }
gift-line-opened = • { $credits }: opened
gift-line-returned = • { $credits }: came back to you
gift-confirm =
    <b>Give { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }?</b>
    They are set aside now; { $left } will be left. If nobody opens the link in time, they come back. You can call the gift off until it is opened.
gift-open =
    <b>Your gift: { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }</b>
    <code>{ $link }</code>

    Whoever opens it first gets the credits. It waits until { $until }, then the credits come back to you.
gift-opened = Your gift of { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
} was opened. Your friend has them.
gift-returned = This gift came back to you: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
gift-words = A gift for you: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}. Open it before somebody else does.
button-admin-numbers = Numbers
button-admin-find = Find a customer
button-admin-open = { $name } · { $id }
button-admin-grant = Grant credits
button-admin-take = Take credits
button-admin-chain = Their chain
button-admin-ban = Ban
button-admin-unban = Unban
button-admin-refund = Refund { $money } of { $on }
button-admin-do = Yes, do it
notice-reason-wrong = A reason has 1 to 200 characters.
admin =
    <b>For owners</b>
    Look at the numbers, or send a customer’s @name, Telegram ID, our ID, order ID or name.
admin-numbers-title = <b>Numbers</b>
admin-numbers =
    <b>{ $days ->
        [1] Today
       *[other] { $days } days
    }</b>
    New: { $new }, active: { $active }, paid: { $payers }
    Revenue: { $revenue }
    Credits spent: { $spent }
    Cost: ${ $cost }
admin-margin = Margin: { $percent }%
admin-find =
    <b>Find a customer</b>
    Send their @name, Telegram ID, our ID, an order ID or a name.
admin-found = Found by “{ $query }”:
admin-found-none = Nobody was found by “{ $query }”. Send something else.
admin-customer =
    <b>{ $name }</b>
    <code>{ $id }</code>
    Telegram: <code>{ $telegram }</code>
    Since: { $since }
    Credits: { $credits }, set aside: { $held }
    Avatars: { $avatars }
admin-banned = <b>Banned.</b>
admin-payment = • { $on }  { $money }, { $method }
admin-payment-refunded = • { $on }  { $money }, { $method }; refunded: { $refunded }
admin-payment-parked = • { $on }  { $money }, { $method }; <b>not matched to an order</b>
admin-chain = <b>{ $name }: the whole chain</b>
admin-chain-more = …and { $count } more. The whole: atelier explain.
admin-ask-ban = <b>Ban { $name }?</b> The bot will not answer them any more.
admin-ask-unban = <b>Unban { $name }?</b> The bot will answer them again.
admin-ask-grant =
    <b>{ $name }: how many credits to grant?</b>
    They have { $have }. Choose, or send a number.
admin-ask-take =
    <b>{ $name }: how many credits to take?</b>
    They have { $have }. Choose, or send a number.
admin-ask-reason = Now send the reason. The customer may see it.
admin-reason = Reason: { $reason }
admin-grant = <b>{ $name }</b>: grant { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
admin-take = <b>{ $name }</b>: take { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}.
admin-refund = <b>{ $name }</b>: refund { $money }, the part that isn’t spent.
invoice-pack = { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
invoice-plan = { $plan }: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
checkout-unknown = This invoice is no longer valid. Please choose a pack again.
checkout-not-yours = This invoice was made for somebody else.
checkout-paid = This invoice has been paid already.
checkout-over = This invoice has run out. Please choose a pack again.
checkout-later = It doesn’t work right now. Please try again in a minute; you weren’t charged.
owners-summary =
    { $bot }, { $on }
    New: { $new }, paid: { $payers }
    Revenue: { $revenue }, refunds: { $refunds }
    Credits spent: { $spent }, providers: ${ $cost }
    On the attention list: { $open }

## Pictures

news-pictures-ready =
    <b>{ $made ->
        [0] No pictures this time
        [one] { $made } picture is ready
       *[other] { $made } pictures are ready
    }</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Charged: { $credits } credit.
       *[other] Charged: { $credits } credits.
    }
pictures-withheld = { $count ->
    [one] { $count } picture didn’t pass the safety check; it costs nothing.
   *[other] { $count } pictures didn’t pass the safety check; they cost nothing.
}
news-pictures-failed =
    <b>The pictures didn’t work out</b>
    { $reason }
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
news-pictures-canceled =
    <b>Stopped: no pictures were made</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
news-pictures-sent = Here you are.
news-originals-sent = { $count ->
    [1] Here is the original: the file in full quality.
   *[other] Here are the originals: the files in full quality.
}
news-sending-pictures = On the way…
news-favoured = Added to favourites. Those are kept for good.
news-not-favoured = Taken out of favourites.
news-pictures-deleted = { $count ->
    [0] There was nothing to delete.
    [1] Deleted for good.
   *[other] Deleted for good: { $count }.
}
news-pictures-expire = On { $on } { $count ->
    [one] { $count } file in your gallery will be deleted: its time is nearly over.
   *[other] { $count } files in your gallery will be deleted: their time is nearly over.
} To keep what you like, mark it as a favourite: /gallery.
news-hint-asked = One moment… It takes a few seconds.
news-hint-ready = This is what I found: <i>{ $words }</i>
news-hint-unusable = I couldn’t describe this photo. Send another one, or write the words yourself.
news-hint-rejected = The service’s rules don’t allow this. Try it another way, or write the words yourself.
news-hint-failed = I couldn’t help with the words just now. Try again a little later, or write them yourself.
news-packing-begun = { $count ->
    [1] Packing an archive. I will send it here when it is ready.
   *[other] Packing { $count } files into an archive. I will send it here when it is ready.
}
news-packed = The archive is ready. Files in it: { $count }.
news-packed-link =
    The archive is ready. Files in it: { $count }.
    It is too large for the chat, so download it here: { $link }
news-packing-failed = The archive didn’t work out. Everything is safe in the gallery; please try again.
picture-fault-photos-unusable = The picture we began from couldn’t be used. Please take another one.
picture-fault-content-rejected = The studio’s rules don’t allow this. Try to describe it in another way.
picture-fault-voice-gone = This voice isn’t there any more.
picture-fault-text-too-long = The words are too long. Please shorten them.
picture-fault-sound-too-long = The recording is too long.
picture-fault-sound-too-short = The recording is too short.
picture-fault-provider-failed = The studio that makes the pictures broke down, and trying again didn’t help. Please try later.
picture-fault-too-slow = The pictures took too long, so I stopped.
picture-fault-result-broken = The pictures came back damaged. Please try again.
picture-fault-uncertain = I couldn’t find out whether the studio had taken the work, so I called it off.
picture-fault-provider-closed = The studio isn’t taking work at the moment. The owner has been told.
picture-fault-ours = Something broke on our side. The owner has been told.
refusal-avatar-not-ready = This avatar isn’t trained yet, so nothing can be made with it for now.
refusal-generation-gone = This order is gone.
refusal-photo-too-large = This photo is over 20 MB, more than Telegram lets me download. Please send a smaller one.
refusal-picture-gone = This isn’t in the gallery any more.
refusal-pictures-too-many = You can choose up to { $most } at a time.
refusal-pictures-under-way = You already have { $most } orders under way. Please wait for one of them.
refusal-rests-today = Too many of your pictures didn’t pass the safety check in the last 24 hours, so making pictures rests for now. Nothing was charged; try again tomorrow.
refusal-style-gone = This style is gone. Please choose another.
refusal-words-empty = Write at least a few words about what shall be in the picture.
refusal-words-too-long = That is too long: up to { $most } characters, please.
button-make-pictures = Make pictures
button-gallery = Gallery
button-watch-making = In the making: { $name }, { $count }
button-own-words = My own words
button-from-photo = From a photo
button-other-avatar = Another avatar
button-add-words = Add my own words
button-change-words = Change the words
button-no-words = Without my own words
button-improve-words = Improve the words
button-undo-words = Back to my words
button-use-words = Use these words
button-picture-model = { $model } · { $credits }
button-chosen = ✓ { $label }
button-make = Make · { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-stop-making = Stop
button-cancel-making = Yes, stop
button-open-results = Have a look
button-repeat = Repeat
button-vary = Similar ones
button-change = Change it
button-make-more = Make something else
button-original = Original as a file
button-originals = Originals as files
button-show-again = Send again
button-favourite = ☆ Add to favourites
button-not-favourite = ★ In favourites
button-favourite-of = ☆ { $number }
button-not-favourite-of = ★ { $number }
button-newer = ‹ Newer
button-older = Older ›
button-newest = To the newest
button-filter = Filter
button-everything = Show all
button-select = Choose several
button-period-all = Any time
button-period-today = Today
button-period-week = 7 days
button-period-month = 30 days
button-only-favourites = Favourites only
button-every-avatar = All avatars
button-every-product = Everything
button-clear-filter = Clear the filter
button-show = Show: { $count }
button-all-here = All on this page
button-delete-chosen = Delete: { $count }
button-zip = As a ZIP: { $count }
notice-making-runs = The pictures are being made. I will send them here when they are ready.
notice-photo-no-use = I have no use for a photo here. To make a picture from a photo, open /pictures and choose “From a photo”; to edit one, open /edit.
notice-hints-over = That is all the help with words for today. Please write them yourself; tomorrow I can help again.
notice-words-long = That is { $count } characters; up to { $most } fit. Please make it a little shorter.
notice-price-anew = That price is out of date. Here is the same order at today’s.
create =
    <b>{ $name }: what shall be in the picture?</b>
    Choose a style, or simply write what you would like to see.
create-no-avatar =
    <b>First we need an avatar</b>
    I make pictures with a trained avatar, and there is none yet. Create one: it takes a few photos. If one is training already, it only needs a little time.
create-pick-avatar = <b>Which avatar shall it be?</b>
create-category =
    <b>{ $category }</b>
    Which style shall { $name } try on?
create-style =
    <b>{ $style }</b>
    { $about }

    Take it as it is, or add something of your own: just write it.
create-photo =
    <b>A picture after a photo</b>
    Send a photo that looks like what you want. I will put it into words, with your avatar in place of the person. You can change the words afterwards.
create-photo-looking = Looking at the photo… It takes a few seconds.
create-photo-found =
    <b>This is what the photo shows</b>
    <code>{ $words }</code>

    Use these words, send your own version, or send another photo.
preset-category-art = Art
preset-category-background = Background
preset-category-beard = Beard and moustache
preset-category-hair = Hair
preset-category-makeup = Make-up
preset-category-own = In your own words
preset-category-restoration = Old photos
preset-category-retouch = Retouching
preset-category-seasons = Seasons
preset-category-try-on = Try it on
style-category-work = Work and study
style-category-city = City
style-category-travel = Travel
style-category-art = Art
style-category-cinema = Cinema
style-category-seasons = Seasons
style-category-fashion = Fashion
style-category-fantasy = Fantasy
style-category-holidays = Family and holidays
setup =
    <b>One last look</b>
    Avatar: { $name }
setup-vary = Based on a picture of yours: the new ones will be similar.
setup-change = Based on a picture of yours, changed as you say.
setup-style = Style: { $style }
setup-words = Words: <i>{ $words }</i>
setup-translate = The studio understands English best: “Improve the words” translates, too.
setup-improving = Looking for better words… It takes a few seconds.
setup-shape = Shape: { $shape }, pictures: { $count }
setup-model = Model: { $model }. { $about }
setup-discount = Your plan takes { $percent }% off; it is counted already.
setup-price =
    Price: <b>{ $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }</b>. You have { $have }, { $left } will be left.
    The credits are set aside now, and charged only for what is made.
setup-price-top-up =
    Price: <b>{ $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    }</b>. You have { $have }, which is not enough.
    Top up: everything you have chosen waits for you and goes on afterwards.
setup-price-short = Price: <b>{ $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}</b>. You have { $have }, which is not enough.
setup-ask =
    <b>What shall be in the picture?</b>
    Describe the place, the clothes, the mood, the light. A few words will do; up to { $most } characters fit.
setup-ask-style =
    <b>{ $style }: what would you like to add?</b>
    The colour of the clothes, a place or a mood, for example. Up to { $most } characters.
setup-ask-change =
    <b>What shall be different?</b>
    Describe the picture as it should become: what is new and what stays. Up to { $most } characters.
setup-ask-now = Now: <code>{ $words }</code>
making-title = <b>{ $name }: making pictures ({ $count })</b>
making-uncertain = I am checking whether the studio has begun. Your credits are safe.
making-pending = Handing the order to the studio.
making-processing = The studio is at work.
making-moved-on = Another studio has taken over, at the same price.
making-left = { $minutes ->
    [0] Less than a minute left.
    [one] About { $minutes } minute left.
   *[other] About { $minutes } minutes left.
} You can close the chat: I will send the pictures here.
making-write = You can close the chat: I will send the pictures here.
making-ask-cancel =
    <b>Stop it?</b>
    Nothing is charged for an order that is stopped: { $credits ->
        [one] { $credits } credit comes
       *[other] { $credits } credits come
    } back to you. If the pictures turn out to be finished by then, you get them at the agreed price.
result-pick-vary = <b>Which one shall the new ones be like?</b>
result-pick-change = <b>Which one shall we change?</b>
gallery =
    <b>Gallery: { $count }</b>
    Press a number to open it.
gallery-filter = Filter: { $filter }
gallery-empty =
    <b>The gallery is empty so far</b>
    Everything you make will be here: pictures, videos, recordings. Shall we begin with a picture?
gallery-page-empty = There is nothing on this page any more.
gallery-none =
    <b>Nothing was found</b>
    Filter: { $filter }
gallery-pick-filter = <b>What shall I show?</b>
gallery-favourites = favourites
gallery-avatar-gone = a deleted avatar
period-all = from any time
period-today = from today
period-week = from the last 7 days
period-month = from the last 30 days
product-picture = pictures
product-edit = edited photos
product-character = new looks
product-speech = recordings
product-video = videos
gallery-select =
    <b>Chosen: { $count }</b>
    Press numbers to choose; you can turn the pages.
gallery-ask-delete-chosen =
    <b>{ $count ->
        [1] Delete what you chose for good?
       *[other] Delete all { $count } for good?
    }</b>
    Their files go, too. What they cost is not returned.
picture = <b>{ $name }</b> · { $on }
picture-made = { $model } · { $shape } · { $width }×{ $height }
picture-seed = Seed: <code>{ $seed }</code>
picture-price = Price: { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
picture-kept = A favourite: it is kept for good.
picture-expires = Kept until { $on }. Favourites stay for good.
picture-ask-delete =
    <b>Delete this for good?</b>
    Its file goes, too. What it cost is not returned.

## Edits

news-input-unusable = I couldn’t take this photo: the file is too large, damaged, or not a picture at all. Please send another one: JPEG, PNG or WebP up to 20 MB. Nothing was charged.
refusal-preset-gone = This edit isn’t on offer any more. Please choose another one. Nothing was charged.
button-edit-photo = Edit a photo
button-watch-edit = Being edited: { $title }
button-preset = { $title } · { $credits }
button-edit = Edit · { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-other-photos = Another photo
button-edit-result = Edit it
button-edit-further = Edit further
button-before-after = Before and after
button-only-after = Only the result
button-another-photo = The same with another photo
notice-edit-enough = I have all the photos I need, so I left this one out. To use another one, press “Another photo”.
notice-edit-first-photo = This takes fewer photos than you have sent, so I use the ones that came first.
notice-edit-photo-first = What I need now is a photo: please send it here.
notice-edit-runs = The photo is being edited. I will send the result here when it is ready.
edit =
    <b>What shall we do with a photo?</b>
    Choose from what is ready, or simply write what to change. You can also begin with the photo: just send it here.
edit-looking =
    <b>One moment, looking at the photo…</b>
    Meanwhile choose what to do with it, or write what to change.
edit-kept =
    <b>{ $count ->
        [one] Shall we edit this photo?
       *[other] Shall we edit these photos?
    }</b>
    Choose what to do, or write what to change.
edit-paused =
    <b>Photo editing is taking a break</b>
    Please look in again a little later: it will be back. Nothing was charged.
edit-category =
    <b>{ $category }</b>
    What shall we try? The price in credits is on the button.
edit-preset =
    <b>{ $title }</b>
    { $about }
edit-takes-one = It takes one photo. You can send it right away.
edit-takes-two = It takes two photos: first the one to change, then one more. { $second }
edit-takes-words = And a few words. { $ask }
edit-title = <b>{ $title }</b>
edit-photo-looking = One moment, looking at the photo…
edit-photos-there = Everything I need is here.
edit-send = Send the photo that I shall edit, as a photo or as a file.
edit-send-first = It takes two photos. First send the one to change.
edit-send-second = The first photo is here, now the second one. { $second }
edit-ask =
    { $ask }
    Up to { $most } characters.
edit-photos = { $count ->
    [one] Your photo is here.
   *[other] Both photos are here.
}
edit-photos-gone = I don’t have those photos any more. Please send them again: the rest is as it was. Nothing was charged.
edit-making = <b>{ $title }: editing the photo</b>
edit-left = { $minutes ->
    [0] Less than a minute left.
    [one] About { $minutes } minute left.
   *[other] About { $minutes } minutes left.
} You can close the chat: I will send the result here.
edit-write = You can close the chat: I will send the result here.
edit-ask-cancel =
    <b>Stop it?</b>
    Nothing is charged for an edit that is stopped: { $credits ->
        [one] { $credits } credit comes
       *[other] { $credits } credits come
    } back to you. If it turns out to be finished by then, you get it at the agreed price.
edit-ready =
    <b>{ $made ->
        [0] No result this time
       *[other] Your photo is edited
    }</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Charged: { $credits } credit.
       *[other] Charged: { $credits } credits.
    }
edit-withheld = The result didn’t pass the safety check; it costs nothing.
edit-failed =
    <b>The edit didn’t work out</b>
    { $reason }
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
edit-canceled =
    <b>Stopped: the photo stays as it was</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
edit-photos-unusable = The studio couldn’t use this photo. Please try another one.
edit-compared = On the left as it was, on the right as it is now.
edit-after = This is what came of it.
edit-made = { $width }×{ $height }
result-pick-edit = <b>Which one shall we edit?</b>

## Talking videos

news-voice-played = { $voice }: this is how the voice sounds.
news-voice-under-way = You have just asked for this voice: its sample is on the way, or just above.
voice-unplayed = { $voice }: I can’t play this voice’s sample right now. Please try again later, or listen to another one.
character-ready =
    <b>{ $made ->
        [0] No result this time
       *[other] The new look is ready
    }</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Charged: { $credits } credit.
       *[other] Charged: { $credits } credits.
    }
speech-ready =
    <b>{ $made ->
        [0] No result this time
       *[other] Have a listen: the text is spoken
    }</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Charged: { $credits } credit.
       *[other] Charged: { $credits } credits.
    }
video-ready =
    <b>{ $made ->
        [0] No result this time
       *[other] Your video is ready
    }</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Charged: { $credits } credit.
       *[other] Charged: { $credits } credits.
    }
character-failed =
    <b>The new look didn’t work out</b>
    { $reason }
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
speech-failed =
    <b>The text couldn’t be spoken</b>
    { $reason }
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
video-failed =
    <b>The video didn’t work out</b>
    { $reason }
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
    What was spoken stays yours: it is in the /gallery.
character-canceled =
    <b>Stopped: the look stays as it was</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
speech-canceled =
    <b>Stopped: nothing was spoken</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
video-canceled =
    <b>Stopped: no video was made</b>
    { $credits ->
        [0] Nothing was charged.
        [one] Returned: { $credits } credit.
       *[other] Returned: { $credits } credits.
    }
video-fault-photos-unusable = The studio couldn’t use this picture. Take one with a single face, sharp and from the front.
video-fault-content-rejected = The studio’s rules don’t allow this. Try other words or another picture.
video-fault-voice-gone = This voice isn’t there any more. Please choose another one.
video-fault-text-too-long = The text is too long to be spoken in one go. Please make it shorter.
video-fault-sound-too-long = The recording is longer than a video may be. Please make the text shorter.
video-fault-sound-too-short = The recording is too short for a video. Please add a few words.
video-fault-provider-failed = The studio broke down, and trying again didn’t help. Please try later.
video-fault-too-slow = It took too long, so I stopped it.
video-fault-result-broken = What came back was damaged. Please try again.
video-fault-uncertain = I couldn’t find out whether the studio had taken the work, so I called it off.
video-fault-provider-closed = The studio isn’t taking work at the moment. The owner has been told.
video-fault-ours = Something broke on our side. The owner has been told.
refusal-character-gone = This character isn’t on offer any more. Please choose another one. Nothing was charged.
refusal-clip-gone = I don’t have this clip any more. Please send it again. Nothing was charged.
refusal-clip-too-large = This clip is over 20 MB, more than Telegram lets me download. Please send a shorter or smaller one.
refusal-clip-too-long = This clip is longer than { $most ->
    [one] { $most } second
   *[other] { $most } seconds
}. Please send a shorter one.
refusal-no-room = I have no room for more videos right now; the owner has been told. Nothing was charged. Please try a little later.
refusal-speech-gone = This recording isn’t there any more. The text has to be spoken again. Nothing was charged.
refusal-speech-too-long = The recording is longer than { $most ->
    [one] { $most } second
   *[other] { $most } seconds
}, and a video can’t be. Make the text shorter or the pace faster. Nothing was charged.
refusal-voice-gone = This voice isn’t there any more. Please choose another one. Nothing was charged.
button-create-video = Make a talking video
button-watch-character = In the making: a new look
button-watch-speech = Being spoken: your text
button-watch-video = In the making: a video
button-video-head = A person who talks
button-video-over = A person over my clip
button-video-mine = From my pictures
button-video-face = { $number }. { $name }, { $age }
button-video-change = Change something · { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-video-changed = Show the new look
button-video-original = Back to the original
button-video-again = Watch again
button-makeover = Change it · { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-makeover-use = Take this one
button-makeover-further = Change it further
button-voice-listen = Listen
button-voice-keep = Keep the voice: { $voice }
button-script-keep = Keep this text
button-script-help = Help me with the text
button-script-use = Take this text
button-script-speed = { $percent }%
button-script-speed-usual = as usual
button-script-voice = Another voice
button-script-text = Another text
button-script-speak = Speak it · { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-takes-use = This is good, go on
button-takes-again = Listen again
button-takes-speed = Faster or slower
button-film-standard = Standard
button-film-high = High
button-film-captions = Captions
button-film-several = Make several videos
button-film-more = More characters
button-film-take = Recording { $number }
button-film-women = Show women
button-film-men = Show men
button-film-chosen = Done choosing
button-film-done = Go on · { $count ->
    [one] { $count } video
   *[other] { $count } videos
}, { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-film-clip = Send another clip
button-film-faces = Choose somebody else
button-film-speak = Have it spoken again
button-film = { $count ->
    [1] Make the video
   *[other] Make { $count } videos
} · { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
button-begin-change = Change it further
button-begin-film = Make a video with it
button-begin-other-face = With somebody else
button-begin-other-voice = In another voice
button-shoot-watch = { $number }. { $name }: how is it going?
button-shoot-open = { $number }. { $name }: open
button-shoot-why = { $number }. { $name }: what happened
notice-video-runs = It is being made. I will send it here when it is ready.
notice-video-format-first = First choose what kind of video it shall be, please.
notice-clip-large = This clip is over 20 MB, and Telegram doesn’t let me download more than that. Send a shorter one, or send it as a video and not as a file: Telegram makes it smaller then.
notice-clip-long = This clip lasts { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}, and up to { $most } are fine. Cut it in Telegram before you send it, please.
notice-clip-needed = I need a video clip here: what shall be seen behind the person.
notice-clip-no-use = I have no use for a clip here. To put a person over your own clip, open /create.
notice-clip-later = To take another clip, press “Send another clip” where you order the video.
news-clip-unusable = I couldn’t use this clip: it is damaged, too long, or not a video. Please send another one: MP4 or MOV. Nothing was charged.
notice-makeover-photo = To use another photo, go back to the choice of the person, please.
notice-makeover-over = It was changed { $most } times already, and that is all there is. Take this look, or choose another person.
notice-voice-first = First choose a voice, please. The text comes next.
notice-voice-replaced = That voice isn’t there any more, so { $voice } will speak. Nothing was charged; you can choose another one.
notice-script-empty = Write at least a few words that can be spoken.
notice-script-long = That is { $count ->
    [one] { $count } character
   *[other] { $count } characters
}, about { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
} of speech, and up to { $most } characters are fine. Please shorten it a little.
notice-script-text = Please write what shall be said as a text message.
notice-shoot-stop = Open the one that you want to stop, please.
notice-film-one = At least one person and one recording have to stay.
notice-film-most = That would be more than { $most } videos at once. Take somebody out first.
video-paused =
    <b>Talking videos are taking a break</b>
    Please look in again a little later: they will be back. Nothing was charged.
video =
    <b>A talking video</b>
    Choose a person and a voice, write a few sentences, and you get a vertical video in which they say them.
video-format-head =
    <b>A person who talks</b>
    In their own surroundings, as in the picture. From { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    } a second.
video-format-over =
    <b>A person over your clip</b>
    Your shop or your goods behind them, in a clip of up to { $most ->
        [one] { $most } second
       *[other] { $most } seconds
    }. From { $credits ->
        [one] { $credits } credit
       *[other] { $credits } credits
    } a second.
video-begun = What you have already need not be made again.
button-video-go-on = Go on with it
button-video-anew = Begin anew
notice-video-left = Stopped. What you have chosen and made so far waits for you in /create.
video-clip =
    <b>What shall be behind the person?</b>
    Send a video clip: up to { $most ->
        [one] { $most } second
       *[other] { $most } seconds
    } and 20 MB, vertical is best. If the speech takes longer, the clip begins again.
video-clip-looking = One moment, looking at the clip…
video-clip-there =
    <b>The clip is here: { $length }</b>
    To use another one, just send it.
video-gender =
    <b>Who shall speak?</b>
    Choose from the characters, take one of your pictures, or simply send a photo of a person here.
video-faces =
    <b>Who shall it be?</b>
    You can also send a photo of your own.
video-face =
    <b>{ $name }, { $age }</b>
    { $about }
video-face-voice = Suggested voice: { $voice }.
video-face-looking = One moment, looking at the photo…
video-face-own =
    <b>This person will speak</b>
    Best is one face, sharp and from the front.
video-face-changed = <b>The new look is here</b>
video-face-gone = I don’t have this picture any more. Please choose again. Nothing was charged.
video-mine = <b>Which of your pictures shall speak?</b>
video-mine-empty = There are no pictures of yours yet. Make some with /pictures, or send a photo right here.
video-length = Length: { $length }
gallery-character = New look
gallery-speech = Recording
gallery-video = Talking video
video-own-picture = Your picture
makeover-ask =
    <b>What shall be different?</b>
    Write it in your own words: other clothes, another place, another haircut. Up to { $most } characters.
makeover-order =
    <b>Shall I change it like this?</b>
    <i>{ $words }</i>
makeover-rounds = Changes so far: { $rounds } of { $most }.
character-making = <b>A new look is being made</b>
speech-making = <b>Your text is being spoken</b>
video-making = <b>Your video is being made</b>
video-stage-lips = Bringing the face to life
video-stage-matte = Cutting the person out
video-stage-montage = Putting the video together
video-ask-cancel =
    <b>Stop the video?</b>
    Nothing is charged for a video that is stopped: { $credits ->
        [one] { $credits } credit comes
       *[other] { $credits } credits come
    } back to you. What was spoken stays yours. If the video turns out to be finished by then, you get it at the agreed price.
video-ask-cancel-step =
    <b>Stop it?</b>
    Nothing is charged for what is stopped: { $credits ->
        [one] { $credits } credit comes
       *[other] { $credits } credits come
    } back to you. If it turns out to be finished by then, you get it at the agreed price.
voices = <b>Whose voice shall it be?</b>
voice-line = <b>{ $title }</b>: { $about }
voice-line-usual = <b>{ $title }</b> (your last choice): { $about }
script =
    <b>What shall be said?</b>
    Write the text here: up to { $most } characters, and up to { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    } when it is spoken. Two or three sentences work best.
script-now =
    Now it is:
    <i>{ $script }</i>
script-help =
    <b>What is it to be about?</b>
    Write a few words: what you offer, to whom, and what people should do. Or send your text, and I will polish it.
script-thinking = <b>One moment, thinking about the text…</b>
script-found =
    <b>How about this?</b>
    <i>{ $script }</i>
    
    Take it and change it later if you like, or write again what it is to be about.
script-order =
    <b>What is said</b>
    <i>{ $script }</i>
script-voice = Voice: { $voice }
script-voice-gone = Voice: it isn’t there any more, please choose another one
script-pace = { $percent ->
    [100] Pace: as usual
   *[other] Pace: { $percent }%
}
script-length = Characters: { $count } of { $most }, about { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}
script-too-long = That may be too long: a video lasts up to { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
takes =
    <b>How does it sound?</b>
    Changing the voice, the text or the pace makes a new recording at the usual price.
takes-line = { $number }. { $voice }, { $length }
takes-line-chosen = <b>{ $number }. { $voice }, { $length }</b>
takes-too-long = This recording is too long for a video: up to { $seconds ->
    [one] { $seconds } second is
   *[other] { $seconds } seconds are
} possible. Make the text shorter or the pace faster.
film = <b>{ $count ->
    [1] Your video
   *[other] Your videos: { $count }
}</b>
film-format-head = A person who talks
film-format-over = A person over your clip
film-faces = On screen: { $names }
film-take = Recording: { $voice }, { $length }
film-quality-standard = Quality: standard
film-quality-high = Quality: high
film-quality-limit = High quality is for recordings of up to { $seconds ->
    [one] { $seconds } second
   *[other] { $seconds } seconds
}.
film-captions = With captions
film-label = With a small note in the corner: “{ $label }”
film-apart = Each video is charged for itself: nothing is charged for one that doesn’t work out.
film-several =
    <b>Several videos at once</b>
    Each person you choose says each recording: up to { $most } videos.
film-several-voice = For another voice, go back and have the text spoken in it first.
film-several-price = Videos: { $count }, together { $credits ->
    [one] { $credits } credit
   *[other] { $credits } credits
}
film-more = <b>Who else?</b>
shoot = <b>Videos in the making: { $count }</b>
shoot-done = <b>Your videos: { $made } of { $count } worked out</b>
shoot-line = { $number }. { $name }, { $length }: { $state }
shoot-stage-lips = coming to life
shoot-stage-matte = being cut out
shoot-stage-montage = being put together
shoot-pending = about to begin
shoot-queue = place { $place } in the queue
shoot-percent = { $percent }%
shoot-uncertain = checking with the studio
shoot-ready = ready
shoot-failed = didn’t work out, nothing is charged for it
shoot-canceled = stopped
shoot-charged = Charged in all: { $credits }
shoot-returned = Returned: { $credits }
sound-title = Your recording
sound-performer = Atelier
video-label = Made with AI
