### What we say, in Russian.
### Values in braces come from the program; text from users is escaped before it gets here.
### Telegram's HTML may be used in texts, never in buttons (button-*, language-*, command-*) and labels.

## Languages, each in itself

language-en = English
language-kk = Қазақша
language-ru = Русский
language-ask = На каком языке поговорим?

## Commands in the messenger's menu

command-menu = Главное меню
command-pictures = Создать картинки
command-edit = Обработать фото
command-create = Снять говорящее видео
command-gallery = Галерея
command-avatars = Мои аватары
command-balance = Баланс и история
command-buy = Купить кредиты
command-plan = Мой план
command-promo = Ввести промокод
command-invite = Пригласить друга
command-gift = Подарить кредиты
command-help = Вопросы и ответы
command-language = Язык
command-cancel = Отменить начатое
command-terms = Условия
command-privacy = Что происходит с вашими фото
command-delete_me = Удалить всё обо мне

## Buttons

button-back = ‹ Назад
button-menu = Главное меню
button-agree-terms = Принимаю условия
button-agree-photos = Даю согласие на работу с фото
button-create-avatar = Создать аватар
button-avatars = Мои аватары
button-balance = Баланс
button-help = Помощь
button-language = Язык
button-resume-draft = Продолжить: { $name }
button-resume-training = Обучается: { $name }
button-kind-portrait = Портрет (советуем)
button-kind-style = Стиль
button-compare = Сравнить оба варианта
button-compare-closely = Сравнить по пунктам
button-choose = Выбрать
button-earlier = ‹ Раньше
button-later = Позже ›
button-previous = ‹ Предыдущие
button-next = Дальше ›
button-continue = Продолжить
button-clean = { $count ->
    [1] Убрать неподходящее
   *[other] Убрать неподходящие: { $count }
}
button-review = Все фото
button-remove-photo = Убрать № { $number }
button-drop-draft = Удалить черновик
button-keep-avatar = Оставить как было
button-drop = Да, удалить
button-keep-draft = Нет, оставить на потом
button-quality-fast = Быстро: { $credits }
button-quality-balanced = Оптимально: { $credits }
button-quality-quality = Лучшее качество: { $credits }
button-start = Начать за { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[many] { $credits } кредитов
}
button-ask-cancel = Остановить обучение
button-cancel-training = Да, остановить
button-open-avatar = Открыть аватар
button-try-again = Попробовать ещё раз
button-go-on = Вернуться к фото
button-watch = Посмотреть, как идёт
button-about-avatar = Об этом аватаре
button-make-main = Сделать основным
button-retrain = Обучить заново
button-rename = Переименовать
button-delete = Удалить
button-delete-for-good = Да, удалить навсегда
button-forget = Да, удалить всё

## Consent

consent-terms =
    <b>Здравствуйте, { $name }!</b>
    Вот что я умею:
    { $does }

    { $credits ->
        [0] Прежде чем начать, прочитайте, пожалуйста, условия (/terms) и что происходит с вашими фото (/privacy).
        [one] Для начала дарим вам { $credits } кредит. Прочитайте, пожалуйста, условия (/terms) и что происходит с вашими фото (/privacy).
        [few] Для начала дарим вам { $credits } кредита. Прочитайте, пожалуйста, условия (/terms) и что происходит с вашими фото (/privacy).
       *[many] Для начала дарим вам { $credits } кредитов. Прочитайте, пожалуйста, условия (/terms) и что происходит с вашими фото (/privacy).
    }
consent-does-avatars = • аватар: по вашим фото запоминаю лицо и создаю картинки с вами
consent-does-edits = • фото: обрабатываю ваши снимки
consent-does-videos = • говорящие видео: вы пишете текст, человек в кадре его произносит
consent-photos =
    <b>И ещё одно: фотографии людей</b>
    Чтобы обучить аватар, я ищу на фото лицо и передаю снимки сервису обучения. Делаю это только с вашего согласия.

    • Присылайте фото, на которых вы сами или тот, кто на это согласен.
    • Фото для обучения удаляются через { $days ->
        [one] { $days } день
        [few] { $days } дня
       *[many] { $days } дней
    }. Команда /delete_me удаляет всё сразу.
    • Больше их никто не увидит.

## Main menu

home =
    <b>{ $name }, чем займёмся?</b>
    У вас { $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[many] { $credits } кредитов
    }.
home-held = Ещё { $credits ->
    [one] { $credits } кредит отложен
    [few] { $credits } кредита отложены
   *[many] { $credits } кредитов отложены
}.

## Avatars

avatars = <b>Ваши аватары</b>
avatars-none =
    <b>Аватаров пока нет</b>
    Создайте первый: нужно несколько фото и несколько минут.
avatars-line-main = ★ { $name }
avatars-line-ready = { $name }
avatars-line-training = { $name } · обучается
avatars-line-draft = { $name } · ещё не обучен
avatars-line-failed = { $name } · не получилось
avatar-title = <b>{ $name }</b>
avatar-facts =
    { $kind } · { $subject }
    Состояние: { $state }
    Фото: { $photos }
avatar-trainings = Обучений: { $trainings }
avatar-pictures = Создано картинок: { $pictures }
avatar-spent = Потрачено: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[many] { $credits } кредитов
}
avatar-is-main = Это ваш основной аватар.
avatar-state-draft = ждёт фотографий
avatar-state-photos = собираем фотографии
avatar-state-ready = можно обучать
avatar-state-training = обучается
avatar-state-completed = готов
avatar-state-failed = обучение не получилось
avatar-state-cancelled = обучение остановлено
avatar-ask-name =
    <b>Как теперь назвать «{ $name }»?</b>
    Пришлите имя, до { $most } символов.
avatar-ask-delete =
    <b>Удалить аватар «{ $name }»?</b>
    Его фотографии и обученная модель исчезнут навсегда. Потраченные на него кредиты не возвращаются.

## A new avatar

kind-portrait = Портрет
kind-style = Стиль
subject-man = Мужчина
subject-woman = Женщина
subject-other = Кто-то или что-то другое
quality-fast = Быстро
quality-balanced = Оптимально
quality-quality = Лучшее качество
new-pick-kind =
    <b>Чему мне научиться?</b>
    <b>Портрет</b> запоминает лицо, а <b>стиль</b> — манеру рисунка, вещь или место.
new-read-portrait =
    <b>Портрет</b>
    Запоминает лицо одного человека, чтобы на картинках его узнавали.

    • { $min }–{ $max } фото, на каждом одно лицо
    • короткая сторона не меньше { $side } пикселей, лицо не меньше { $face }
    • занимает примерно { $from }–{ $to } мин
    • от { $credits ->
        [one] { $credits } кредита
       *[other] { $credits } кредитов
    }
new-read-style =
    <b>Стиль</b>
    Запоминает манеру рисунка, вещь или место. Лица не нужны.

    • { $min }–{ $max } фото или картинок
    • короткая сторона не меньше { $side } пикселей
    • занимает примерно { $from }–{ $to } мин
    • от { $credits ->
        [one] { $credits } кредита
       *[other] { $credits } кредитов
    }
new-compare = <b>Портрет или стиль?</b>
new-compare-portrait = <b>Портрет</b>: вы, ваши близкие, клиент. { $min }–{ $max } фото, { $from }–{ $to } мин. Если сомневаетесь, выбирайте его.
new-compare-style = <b>Стиль</b>: облик бренда, товар, интерьер. { $min }–{ $max } картинок, { $from }–{ $to } мин.
new-compare-closely = <b>Портрет и стиль по пунктам</b>
new-best-for-portrait = Подходит для портретов, фото профиля и фотосессий
new-best-for-style = Подходит для рисованных стилей, товаров и интерьеров
rating-speed = скорость
rating-portraits = качество портретов
rating-versatility = универсальность
rating-simplicity = простота
new-price-line = { $quality }: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[many] { $credits } кредитов
}
new-pick-subject =
    <b>Кто или что на фотографиях?</b>
    Так картинки получатся точнее.
new-ask-name =
    <b>Как назовём аватар?</b>
    Пришлите имя, до { $most } символов. Его видите только вы.

## The photo desk

desk-empty-portrait =
    <b>{ $name }: пришлите фотографии</b>
    { $min }–{ $max } фото одного человека: альбомом или по одному, как фото или как файлы (JPEG, PNG, WebP).

    • на каждом одно лицо, хороший свет и резкость
    • разные дни, одежда и фон
    • короткая сторона не меньше { $side } пикселей

    Каждое я посмотрю ещё до оплаты.
desk-empty-style =
    <b>{ $name }: пришлите картинки</b>
    { $min }–{ $max } картинок с нужным стилем, вещью или местом: альбомом или по одной, как фото или как файлы (JPEG, PNG, WebP). Короткая сторона не меньше { $side } пикселей.

    Каждую я посмотрю ещё до оплаты.
desk-title = <b>{ $name }: фотографии</b>
desk-count = Подходят для обучения: { $usable } из { $count } (нужно { $min }–{ $max })
desk-looking = Смотрю ваши фото: готово { $done } из { $count }…
desk-good = Хорошие: { $numbers }
desk-numbers = № { $span }
desk-line-good = { $numbers }: хорошо
desk-line-waiting = { $numbers }: смотрю…
desk-line-doubtful = { $numbers }: можно взять, но { $verdicts }
desk-line-bad = { $numbers }: <b>{ $verdicts }</b>
desk-lines-more = …и ещё { $count }.
desk-heic = Про HEIC: на iPhone выберите «Настройки › Камера › Форматы › Наиболее совместимые» или пришлите как фото.
desk-readiness = Готовность: <b>{ $score }</b> из 100
desk-more = Пришлите ещё: хороших нужно не меньше { $min }.
desk-enough = Уже можно начинать. Чем больше хороших фото, тем лучше аватар.
desk-review = <b>Все фото</b>
desk-drop =
    <b>Удалить черновик «{ $name }»?</b>
    { $count ->
        [0] Фотографий в нём ещё нет.
        [1] Фото из него будет удалено.
       *[other] Все фото из него ({ $count }) будут удалены.
    } Ничего не списано.
verdict-not-a-picture = не получается открыть как картинку
verdict-heic = HEIC, такой файл я открыть не могу
verdict-broken = повреждённый файл
verdict-too-large = слишком большой файл
verdict-gone = Telegram больше этого не хранит, пришлите ещё раз
verdict-too-small = слишком маленький размер
verdict-no-face = не видно лица
verdict-several-faces = несколько лиц
verdict-face-too-small = лицо слишком мелкое
verdict-duplicate = то же, что № { $number }
verdict-near-duplicate = почти то же, что № { $number }
verdict-blurred = размыто
verdict-too-dark = слишком темно
verdict-too-bright = слишком светло

## Quality and price

order-pick-quality =
    <b>{ $name }: какое качество?</b>
    Чем выше качество, тем дольше обучение и тем больше сходство. Цены указаны в кредитах.
order-confirm =
    <b>{ $name }</b>
    { $kind } · { $quality }
    Фото: { $photos }
    Время: примерно { $from }–{ $to } мин

    Цена: <b>{ $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[many] { $credits } кредитов
    }</b>. У вас { $have }, останется { $left }.
    Сейчас кредиты только откладываются, а спишутся, когда аватар будет готов. Если не получится, вернутся все.
order-confirm-short =
    <b>{ $name }</b>
    { $kind } · { $quality }
    Фото: { $photos }

    Цена: <b>{ $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[many] { $credits } кредитов
    }</b>. У вас { $have }, этого не хватит. Можно выбрать другое качество; ваши фото никуда не денутся.

## The training

run-title = <b>{ $name }: идёт обучение</b>
run-pending = Готовлю ваши фото к отправке.
run-processing = Сервис обучения уже за работой.
run-uncertain = Уточняю у сервиса обучения, началось ли оно. Ваши кредиты в сохранности.
run-percent = { $bar } { $percent } %
run-queue = Место в очереди: { $place }
run-time = Обычно это занимает { $from }–{ $to } мин. Чат можно закрыть: я напишу, когда всё будет готово.
run-held = Отложено: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[many] { $credits } кредитов
}.
run-cancel-asked = Останавливаю… Напишу, как только остановится.
run-ask-cancel =
    <b>{ $name }: остановить обучение?</b>
    За остановленное обучение ничего не списывается: { $credits ->
        [one] { $credits } кредит вернётся
        [few] { $credits } кредита вернутся
       *[many] { $credits } кредитов вернутся
    } к вам. Если оно успеет закончиться, вы получите аватар за названную цену. Фото останутся.
run-succeeded =
    <b>{ $name }: аватар готов</b>
    Списано: { $credits ->
        [0] ничего
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[many] { $credits } кредитов
    }.
run-failed =
    <b>{ $name }: обучение не получилось</b>
    { $reason }
    Возвращено: { $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[many] { $credits } кредитов
    }.
run-canceled =
    <b>{ $name }: обучение остановлено</b>
    Возвращено: { $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[many] { $credits } кредитов
    }.
fault-photos-unusable = Сервис обучения не смог использовать эти фото. Попробуйте другие: резкие, с одним лицом на каждом.
fault-content-rejected = Правила сервиса обучения не допускают таких фото.
fault-voice-gone = Этого голоса больше нет.
fault-text-too-long = Текст слишком длинный.
fault-sound-too-long = Запись слишком длинная.
fault-sound-too-short = Запись слишком короткая.
fault-provider-failed = На стороне сервиса обучения произошёл сбой, и повторная попытка не помогла. Попробуйте, пожалуйста, позже.
fault-too-slow = Обучение шло слишком долго, поэтому оно остановлено.
fault-result-broken = Результат пришёл повреждённым. Попробуйте, пожалуйста, ещё раз.
fault-uncertain = Не удалось узнать, взялся ли сервис за работу, поэтому обучение отменено.
fault-provider-closed = Сервис обучения сейчас не принимает работу. Владелец уже знает.
fault-ours = У нас что-то сломалось. Владелец уже знает.

## Balance

balance = <b>У вас { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[many] { $credits } кредитов
}</b>
balance-held = Отложено: { $credits }
balance-nothing = Движений пока не было.
history-welcome = { $on }  <b>{ $amount }</b>  приветственный подарок
history-gift = { $on }  <b>{ $amount }</b>  { $about }
history-taken = { $on }  <b>{ $amount }</b>  списано: { $about }
history-training = { $on }  <b>{ $amount }</b>  обучение: { $about }
history-training-held = { $on }  <b>{ $amount }</b>  отложено на обучение: { $about }
history-pictures = { $on }  <b>{ $amount }</b>  картинки: { $about }
history-pictures-held = { $on }  <b>{ $amount }</b>  отложено на картинки: { $about }
history-ordered-held = { $on }  <b>{ $amount }</b>  отложено: { $about }
history-expired = { $on }  <b>{ $amount }</b>  срок истёк
history-other = { $on }  <b>{ $amount }</b>  { $about }

## Questions and answers

faq = <b>О чём рассказать?</b>
faq-photos-title = Какие фото подходят лучше?
faq-photos =
    <b>Какие фото подходят лучше?</b>
    От десяти до двадцати фото одного человека, снятых в разные дни: крупно и по пояс, прямо и немного сбоку. Резкие, при дневном свете, без тёмных очков, фильтров и других людей.

    Я смотрю каждое фото до оплаты и говорю, что с ним не так.
faq-time-title = Сколько это занимает?
faq-time =
    <b>Сколько это занимает?</b>
    Портрет — 3–15 минут, стиль — 5–30. Чат можно закрыть: обучение продолжится, а я напишу, когда всё будет готово. Если обучение идёт слишком долго, оно останавливается и кредиты возвращаются.
faq-money-title = Когда списываются кредиты?
faq-money =
    <b>Когда списываются кредиты?</b>
    Когда вы подтверждаете заказ, они откладываются, а списываются, когда он готов. Если не получится или вы остановите работу, вернутся все. Каждое движение видно в /balance.
faq-privacy-title = Кто видит мои фото?
faq-privacy =
    <b>Кто видит мои фото?</b>
    Сервис обучения, и больше никто; студия, где делают картинки, получает уже аватар. Фото для обучения удаляются через { $days ->
        [one] { $days } день
        [few] { $days } дня
       *[many] { $days } дней
    }. Команда /delete_me сразу удаляет фото и аватары и присылает вам подтверждение; свои копии сервис сам удаляет в течение трёх дней.
faq-failed-title = Не получилось. Что теперь?
faq-failed =
    <b>Не получилось. Что теперь?</b>
    Причина названа в сообщении. Чаще всего дело в фото: замените сомнительные и попробуйте ещё раз. За неудачное обучение ничего не списывается.
faq-payments-title = Как устроена оплата?
faq-payments =
    <b>Как устроена оплата?</b>
    Кредиты покупаются через /buy: картой, через СБП или звёздами Telegram — тем, что принимает этот бот. Они приходят сами, обычно в течение минуты, и начатое можно продолжить. План приносит кредиты каждый месяц и отменяется одной кнопкой в /plan. Деньги за купленные и неистраченные кредиты можно вернуть: /paysupport.
faq-flagged-title = А если картинку не пропустили?
faq-flagged =
    <b>А если картинку не пропустили?</b>
    Каждую картинку смотрит проверка безопасности. Что она не пропустила, того вы не увидите и за то не заплатите: кредиты за эту картинку вернутся сразу.

    Если за день таких набирается много, создание картинок отдыхает до завтра.
faq-kept-title = Сколько хранятся картинки?
faq-kept =
    <b>Сколько хранятся картинки?</b>
    { $results ->
        [0] Картинки хранятся без срока, пока вы их не удалите.
        [one] Картинки хранятся { $results } день. О скором удалении я предупрежу.
        [few] Картинки хранятся { $results } дня. О скором удалении я предупрежу.
       *[other] Картинки хранятся { $results } дней. О скором удалении я предупрежу.
    } Избранные остаются без срока: отметьте нужное звёздочкой в галерее. Всё оплаченное можно получить снова бесплатно, и оригиналы тоже.
faq-repeat-title = Чем «Повторить» отличается от «Похожие»?
faq-repeat =
    <b>Чем «Повторить» отличается от «Похожие»?</b>
    «Повторить» делает новые картинки с теми же настройками: тот же стиль и те же слова, но каждый раз другой результат. «Похожие» отталкиваются от одной готовой картинки: поза и кадр останутся близкими. «Изменить» тоже начинает с неё, но меняет то, что вы опишете.
faq-refunds-title = За что возвращаются кредиты?
faq-refunds =
    <b>За что возвращаются кредиты?</b>
    За всё, чего вы не получили. Если из четырёх картинок вышли три, спишется за три. Если не вышла ни одна или вы успели остановить, вернутся все кредиты. Каждое движение видно в /balance.
faq-edits-title = Что происходит при обработке фото?
faq-edits =
    <b>Что происходит при обработке фото?</b>
    Вы присылаете одно или два фото, выбираете, что сделать, или говорите своими словами и видите цену до начала. Само фото не меняется: вы получаете новую картинку и можете сравнить обе. Лучше всего подходят резкие фото с одним главным предметом и хорошим светом.
faq-videos-title = Сколько стоит говорящее видео?
faq-videos =
    <b>Сколько стоит говорящее видео и сколько его ждать?</b>
    Цена зависит от длины, по секундам: сначала вы слушаете озвучку, потом видите цену. Без вашего согласия ничего не списывается. Короткое видео готовится несколько минут, длинное дольше; чат можно закрыть, я напишу, когда всё будет готово.

    Если не получится или вы успеете остановить, отложенные на него кредиты вернутся. То, что было готово раньше, например озвучка, которую вы уже послушали, остаётся оплаченным.
faq-faces-title = Какое фото подходит для видео?
faq-faces =
    <b>Какое фото подходит для видео?</b>
    Один человек, лицом к камере, лицо целиком на свету, рот ничем не закрыт. Естественнее всего смотрятся вертикальные фото по грудь; тёмные очки, руки у лица и несколько людей не подойдут. Берите фото только того, кто на это согласен, или одного из наших персонажей: это никто конкретно.
faq-voices-title = Чьи это голоса?
faq-voices =
    <b>Чьи это голоса?</b>
    Это голоса сервиса речи, созданные для общего пользования; каждый можно послушать до выбора. Ваш или чужой голос не копируется. Если голос больше не предлагается, я попрошу выбрать другой до того, как что-либо спишется.
faq-label-title = Будет ли видно, что это сделал ИИ?
faq-label =
    <b>Будет ли видно, что это сделал ИИ?</b>
    Когда пометка включена, в видео стоит небольшая надпись, и в самом файле сказано то же. Не убирайте её: во многих странах этого требует закон. Не выдавайте видео за слова человека, который их не говорил.
faq-clips-title = Сколько хранятся видео?
faq-clips =
    <b>Сколько хранятся видео?</b>
    { $results ->
        [0] Готовые видео хранятся без срока, пока вы их не удалите.
        [one] Готовые видео, как и картинки, хранятся { $results } день.
        [few] Готовые видео, как и картинки, хранятся { $results } дня.
       *[other] Готовые видео, как и картинки, хранятся { $results } дней.
    } Избранные остаются без срока. Видео для фона нужно только на время работы и через несколько дней удаляется само. Команда /delete_me сразу удаляет всё.

## Feedback and orders

command-feedback = Написать нам
command-orders = Мои заказы
button-feedback = Написать нам
button-answer = Ответить
button-orders = Мои заказы
button-rate-good = Нравится
button-rate-bad = Не нравится
button-rated-good = Вам нравится
button-rated-bad = Вам не нравится
feedback-write =
    <b>О чём хотите написать?</b>
    Напишите сюда или пришлите фото или видео с парой слов. Прочитает человек, ответ придёт в этот чат.
feedback-answer =
    <b>Ваш ответ</b>
    Напишите сюда или пришлите фото или видео. Ответ получит тот, кто вам писал.
feedback-sent =
    <b>{ $count ->
        [one] Спасибо, сообщение дошло
       *[other] Спасибо, сообщения дошли: { $count }
    }</b>
    Прочитает человек, ответ придёт сюда. Чтобы добавить, просто напишите ещё.
feedback-only = Я могу передать слова, фото и видео. Пришлите что-нибудь из этого.
feedback-too-often = Это сообщение не передано: за последний час их было слишком много. Напишите, пожалуйста, чуть позже.
news-feedback-taken = Спасибо, сообщение дошло.
news-feedback-answered =
    <b>Вам ответили</b>
    { $words }
news-feedback-answered-file = <b>Вам ответили</b>
news-rated-good = Спасибо! Рады, что вам нравится.
news-rated-bad = Спасибо, это нам поможет. Если что-то не так, напишите: /feedback
orders = <b>Мои заказы</b>
orders-none =
    <b>Мои заказы</b>
    Пока ни одного. Можно создать картинки (/pictures), обработать фото (/edit) или снять говорящее видео (/create).
orders-line = <b>{ $number }.</b> { $what } · { $on }
orders-avatar-gone = удалённый аватар
orders-picture = Картинки: { $name }, { $count }
orders-edit = Обработка: { $name }
orders-character = Новый образ
orders-speech = Озвучка
orders-video = Говорящее видео
orders-running = готово { $percent } %, отложено: { $credits }
orders-waiting = в работе, отложено: { $credits }
orders-ready = готово, списано: { $credits }
orders-ready-partly = готово, списано: { $credits }, возвращено: { $returned }
orders-failed = не получилось, возвращено: { $credits }
orders-canceled = остановлено, возвращено: { $credits }
support-from =
    <b>{ $name }</b>, { $telegram }, { $bot }
    { $user }, баланс: { $credits }
support-order = Последний заказ: { $order }
support-no-order = Заказов пока нет.
support-answered = Дошло.
support-blocked = Не дошло: бот заблокирован. Если человек вернётся, он это получит.
support-forgotten = Не дошло: человек удалил всё о себе, писать больше некому.
support-not-sent = Отправить не удалось. Причина в списке дел.
support-stray = Это никому не отправлено: не знаю, чьи это слова. Ответьте на сообщение, в котором показано, что написал клиент. Если такого нет, ему нужно написать ещё раз.
support-too-long = Не отправлено: не больше { $most } знаков, пожалуйста.
support-unsure = Возможно, дошло: Telegram не ответил. Второй раз не отправляю.
support-unusable = Не отправлено: я могу передать слова, фото, видео и файлы.

## Papers

paper-terms =
    <b>Условия коротко</b>
    • Присылайте только свои фото или фото тех, кто на это согласен. Никаких детей, незнакомцев и знаменитостей.
    • Аватары — ваши. Не используйте их, чтобы кого-то обмануть или обидеть.
    • Кредитами оплачивается работа. Что не сделано, то не списывается.
    • Мы можем отказать, если фото нарушают закон или правила сервиса обучения.
paper-privacy =
    <b>Ваши фото и ваши данные</b>
    • Мы храним ваше имя и ID в Telegram, ваши фото и ролики, аватары, картинки, видео, озвучки и историю кредитов.
    • Фото передаются сервису обучения только для вашего аватара и без места и времени съёмки, которые записывает камера.
    • Фото для обучения удаляются через { $days ->
        [one] { $days } день
        [few] { $days } дня
       *[many] { $days } дней
    }.
    • Картинки делает студия: ей передаются только ваш аватар и ваши слова, а для обработки — фото, которое вы для неё прислали. Фото, которое вы присылаете для описания, и слова, с которыми я помогаю, видит сервис подсказок.
    • Для говорящего видео сервис речи получает ваш текст, а студия — озвучку и картинку того, кто говорит. Ролик для фона никому не передаётся и через несколько дней удаляется.
    • { $results ->
        [0] Картинки, видео и озвучки хранятся, пока вы их не удалите.
        [one] Картинки, видео и озвучки хранятся { $results } день, избранные — без срока.
        [few] Картинки, видео и озвучки хранятся { $results } дня, избранные — без срока.
       *[other] Картинки, видео и озвучки хранятся { $results } дней, избранные — без срока.
    }
    • То, что вы пишете через /feedback, читают в Telegram те, кто отвечает за этот бот.
    • Команда /delete_me удаляет всё это у нас. Записи о кредитах остаются, но без вашего имени.
paper-pay-support =
    <b>Вопросы об оплате</b>
    Все движения кредитов видны в /balance. Оплата обычно приходит в течение минуты. Если её нет, нажмите «Оплата прошла» под заказом или напишите владельцу этого бота и укажите день и сумму.

    • Деньги за купленные и ещё не истраченные кредиты возвращаем — туда, откуда была оплата.
    • За истраченные не возвращаем: работа по ним сделана. А за то, что не получилось, кредиты и не списываются.
    • Подарки и бонусы на деньги не меняются.
    • План отменяется одной кнопкой: /plan.

    Поддержка самого Telegram с покупками в ботах не поможет, даже за звёзды: пишите нам через /feedback

## Deleting everything

forget-ask =
    <b>Удалить всё о вас?</b>
    Фото, аватары, картинки, видео, озвучки и обученные модели исчезнут навсегда; свои копии сервис обучения сам удалит в течение трёх дней. Всё, что сейчас в работе, остановится. { $credits ->
        [0] Кредитов у вас не осталось.
        [one] Пропадёт { $credits } кредит.
        [few] Пропадут { $credits } кредита.
       *[many] Пропадут { $credits } кредитов.
    } Когда всё будет удалено, вы получите подтверждение.
forget-begun = Удаляю всё о вас. Когда закончу, пришлю подтверждение.

## News

news-welcomed = Добро пожаловать! Дарим вам { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[many] { $credits } кредитов
}.
news-language-changed = Теперь говорим по-русски.
news-photos-removed = { $count ->
    [0] Убирать нечего.
   *[other] Убрано фото: { $count }.
}
news-renamed = Готово, имя изменено.
news-main-chosen = Теперь это ваш основной аватар.
news-avatar-deleted = Удалено.
news-avatar-ready =
    <b>{ $name }: аватар готов!</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Списан { $credits } кредит.
        [few] Списано { $credits } кредита.
       *[many] Списано { $credits } кредитов.
    }
news-training-failed =
    <b>{ $name }: обучение не получилось</b>
    { $reason }
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[many] Возвращено { $credits } кредитов.
    }
news-training-canceled =
    <b>{ $name }: обучение остановлено</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[many] Возвращено { $credits } кредитов.
    }
news-forgotten =
    <b>Подтверждение: ваши данные удалены</b>
    День: { $on }
    Аватаров: { $avatars }
    Фото: { $photos }
    Картинок: { $pictures }
    Видео: { $videos }
    Озвучек: { $speeches }
    Роликов для фона: { $clips }

    Записи о кредитах остаются без вашего имени. Чтобы начать заново, отправьте /start.
news-granted = { $credits ->
    [one] Вам начислен { $credits } кредит: { $reason }
    [few] Вам начислено { $credits } кредита: { $reason }
   *[many] Вам начислено { $credits } кредитов: { $reason }
}
news-broken = У нас что-то сломалось, и сделать это не удалось. Ничего не списано. Попробуйте, пожалуйста, ещё раз; если повторится, назовите владельцу номер { $number }.
news-later = Сейчас не получается: у нас временный сбой. Ничего не списано, и всё, что вы прислали, не пропадёт. (Номер { $number })

## Short notices

notice-old-button = Это меню устарело. Вот нынешнее.
notice-use-buttons = Воспользуйтесь, пожалуйста, кнопками ниже.
notice-unknown-command = Такой команды я не знаю. Мы сейчас здесь:
notice-photo-where = Сначала создайте аватар: тогда я попрошу фото.
notice-not-here = Здесь мне это не пригодится. Мы сейчас здесь:
notice-cancelled = Хорошо, остановились. Ничего не списано.
notice-nothing-to-cancel = Останавливать нечего.
notice-name-empty = В имени нужен хотя бы один видимый символ.
notice-name-long = Это имя длинновато: можно до { $most } символов.
notice-name-first = Сначала имя, пожалуйста. Потом фотографии.
notice-send-photos = Пришлите сюда фото: альбомом, по одному или файлами.
notice-video-not-photo = Это видео, а мне нужны фото.
notice-file-not-photo = Это не фото. Нужен JPEG, PNG или WebP.
notice-file-large = Этот файл больше 20 МБ, такие Telegram мне не отдаёт. Пришлите его, пожалуйста, как фото или уменьшите.
notice-draft-kept = Черновик сохранён. Он ждёт вас в меню.
notice-training-runs = Обучение идёт. Я напишу, когда всё будет готово.
notice-unsure = Одно моё сообщение могло не дойти. Всё, что в нём было, — здесь.
notice-unsure-answer = Наш ответ вам мог не дойти. Если вы его не видите, напишите: /feedback

## Refusals

refusal-avatar-gone = Этого аватара больше нет.
refusal-avatars-too-many = Аватаров может быть не больше { $most }. Удалите один, чтобы освободить место.
refusal-being-forgotten = Мы ещё удаляем всё о вас. Подождите, пожалуйста: придёт подтверждение.
refusal-nothing-to-cancel = Останавливать нечего: всё уже закончилось.
refusal-photo-gone = Этого фото больше нет.
refusal-photos-still-checked = Я ещё смотрю { $left } фото. Минутку, пожалуйста.
refusal-photos-too-few = Подходящих фото: { $have }, а нужно не меньше { $need }.
refusal-photos-too-many = В наборе может быть не больше { $most } фото. Уберите лишние, чтобы прислать другие.
refusal-product-paused = Сейчас это недоступно. Ничего не списано.
refusal-quote-expired = Эта цена устарела: выберите, пожалуйста, ещё раз.
refusal-short-of-credits = Это стоит { $need ->
    [one] { $need } кредит
    [few] { $need } кредита
   *[many] { $need } кредитов
}, а у вас { $have }. Ничего не списано.
refusal-terms-not-accepted = Сначала примите, пожалуйста, условия.
refusal-training-runs = Этот аватар уже обучается.

## Money

money-kzt = { $amount } ₸
money-rub = { $amount } ₽
money-stars = { $count ->
    [one] { $amount } звезда Telegram
    [few] { $amount } звезды Telegram
   *[other] { $amount } звёзд Telegram
}
news-order-left = Заказ отменён. С вас ничего не списано.
news-order-checked = Проверяю оплату. Обычно это занимает несколько секунд.
news-paid = Оплата { $money } получена. На баланс пришло: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
news-not-paid = Оплата не прошла: { $reason } Деньги не списаны. Можно попробовать ещё раз или выбрать другой способ.
news-payment-parked = Мы получили { $money }, но не смогли сразу понять, за какой заказ. Деньги не потеряются: человек из поддержки посмотрит и напишет вам. Ускорить можно через /paysupport.
news-refunded = Возвращаем { $money }. С баланса снято: { $taken ->
    [one] { $taken } кредит
    [few] { $taken } кредита
   *[other] { $taken } кредитов
}. Деньги приходят туда, откуда была оплата; банку может понадобиться до нескольких дней.
news-plan-started = План «{ $plan }» подключён. Оплачено до { $until }.
news-plan-renewed = План «{ $plan }» продлён до { $until }. На баланс пришло: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
news-plan-renews = { $on } продлим план «{ $plan }»: спишем { $money }. Отменить можно одной кнопкой: /balance → «Мой план».
news-plan-unpaid = Не получилось продлить план «{ $plan }»: { $reason } Попробуем ещё раз { $on }.
news-plan-unpaid-last = Не получилось продлить план «{ $plan }»: { $reason } Больше пробовать не будем. Накопленные кредиты остаются у вас.
news-plan-stopped = План больше не продлится. Он действует до { $until }, и кредиты остаются у вас.
news-plan-kept = Хорошо, план остаётся. Он продлится { $until }.
news-plan-ended = План «{ $plan }» закончился. Кредиты остаются у вас. Вернуться можно в любой момент.
news-card-unlinked = Карта отвязана. Больше с неё ничего не спишется.
news-promo-credits = Промокод принят. На баланс пришло: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
news-promo-bonus = Промокод принят: к следующему пакету добавим ещё { $percent } % кредитов.
news-promo-discount = Промокод принят: следующий пакет дешевле на { $percent } %.
news-promo-plan = Промокод принят: план «{ $plan }» включён на { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
}. Сам он не продлится.
news-gift-made = Подарок готов. Отправьте ссылку другу: кредиты получит тот, кто откроет её первым.
news-gift-taken-back = Подарок отменён, кредиты снова у вас: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
news-gift-opened = Вам подарок! На баланс пришло: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
news-gift-received = Ваш подарок открыли: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
} теперь у друга.
news-gift-returned = Подарок никто не открыл, кредиты вернулись к вам: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
news-rewarded-inviter = Ваш друг сделал первую покупку. Спасибо за приглашение! На баланс пришло: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
news-rewarded-invited = Подарок за первую покупку по приглашению: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
news-contact-kept = Запомнил. Чеки будут приходить сюда.
declined-no-money = не хватило денег или сработал лимит.
declined-card-wrong = данные карты не подошли или банк не получил подтверждения.
declined-bank = банк отклонил платёж.
declined-not-confirmed = страница оплаты закрылась по времени.
declined-revoked = разрешение на списание отозвано.
declined-called-off = платёж отменён.
declined-other = платёжная система не назвала причину.
refusal-contact-needed = Для чека нужен адрес почты. Он понадобится один раз.
refusal-contact-wrong = Не похоже на адрес почты или номер телефона. Пример: anna@mail.ru
refusal-gift-gone = Этот подарок уже открыли, или его срок вышел.
refusal-gift-own = Это ваш собственный подарок. Отправьте ссылку другу.
refusal-gifts-after-purchase = Дарить кредиты можно после первой покупки.
refusal-order-gone = Этого заказа больше нет.
refusal-pack-gone = Этого пакета больше нет в продаже. Ничего не списано.
refusal-method-off = Этот способ оплаты сейчас недоступен. Выберите другой, пожалуйста.
refusal-no-plan = У вас сейчас нет плана.
refusal-not-an-owner = Это могут только владельцы бота.
refusal-nothing-to-refund = Возвращать нечего: кредиты этого платежа потрачены, или деньги уже вернулись.
refusal-plan-runs = План у вас уже есть. Он виден в балансе.
refusal-promo-ended = Срок этого промокода вышел.
refusal-promo-entered = Этот промокод вы уже вводили.
refusal-promo-unknown = Такого промокода нет. Проверьте, нет ли опечатки.
refusal-promo-used-up = Этот промокод уже разобрали.
refusal-too-many-tries = Слишком много попыток. Попробуйте через час, пожалуйста.
refusal-user-gone = Такого клиента нет.
refusal-gift-too-small = Подарить можно не меньше: { $least ->
    [one] { $least } кредит
    [few] { $least } кредита
   *[other] { $least } кредитов
}.
refusal-gifts-too-many = Неоткрытых подарков уже { $most }. Отмените какой-нибудь, чтобы сделать новый.
history-bought = { $on }  <b>{ $amount }</b>  оплата { $about }
history-on-top = { $on }  <b>{ $amount }</b>  бонус к оплате
history-promo = { $on }  <b>{ $amount }</b>  промокод
history-reward = { $on }  <b>{ $amount }</b>  награда за приглашение
history-friends-gift = { $on }  <b>{ $amount }</b>  подарок от друга
history-given = { $on }  <b>{ $amount }</b>  подарок другу
history-given-held = { $on }  <b>{ $amount }</b>  отложено на подарок
history-refunded = { $on }  <b>{ $amount }</b>  возврат денег
history-refund-held = { $on }  <b>{ $amount }</b>  отложено на возврат
button-top-up = Пополнить
button-plans = Планы
button-my-plan = Мой план
button-pack = { $amount } · { $money }
button-plan = { $plan } · { $money }
button-method-card = Картой · { $money }
button-method-sbp = СБП · { $money }
button-method-stars = { $money }
button-pay = Оплатить { $money }
button-check-order = Оплата прошла
button-leave-order = Отменить заказ
button-order-again = Заказать снова
button-resume = Продолжить начатое
button-agree-plan = Принимаю, оплатить { $money }
button-ask-stop-plan = Отменить план
button-stop-plan = Да, отменить
button-keep-plan = Оставить план
button-ask-unlink = Отвязать карту
button-unlink-card = Да, отвязать
pack-credits = { $amount } { $count ->
    [one] кредит
    [few] кредита
   *[other] кредитов
}
paid-by-card = { $money }, картой
paid-by-sbp = { $money }, через СБП
paid-by-stars = { $money }
shop =
    <b>Сколько кредитов добавить?</b>
    Сейчас у вас { $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[other] { $credits } кредитов
    }.
shop-line = • { $what }: { $price }
shop-line-best = • <b>{ $what }</b>: { $price } (самый выгодный)
shop-price-cut = <s>{ $old }</s> { $new }
shop-price-or = { $first } или { $second }
order-top-up = Или пополните баланс: этот заказ подождёт и потом продолжится.
shop-deal-discount = Промокод { $code }: скидка { $percent } %.
shop-deal-bonus = Промокод { $code }: на { $percent } % кредитов больше, ниже это уже учтено.
shop-method =
    <b>{ $what }</b>
    { $price }

    Как будете платить? Цена действует час. Оплачивая, вы принимаете условия: /terms. Деньги за купленные и неистраченные кредиты можно вернуть: /paysupport.
contact-ask =
    <b>Куда прислать чек?</b>
    Отправьте адрес почты или номер телефона. Он нужен только для чеков, и спрашиваю я один раз.
pay-plan = План «{ $plan }»: { $credits }
pay-open =
    <b>{ $what }</b>
    К оплате: { $how }
pay-link-soon = Минутку: готовлю оплату.
pay-link = Оплатите по кнопке ниже. Кредиты придут сами, обычно в течение минуты.
pay-paid =
    <b>Оплачено: { $money }</b>
    Добавлено: { $credits }. Теперь у вас { $have }.
pay-declined =
    <b>Оплата не прошла</b>
    { $what }, { $money }: { $reason }
    Деньги не списаны. Можно попробовать ещё раз или выбрать другой способ.
pay-expired =
    <b>Этот заказ закрыт</b>
    { $what }, { $money }: оплаты не было. Если деньги придут позже, кредиты тоже придут.
pay-refunded =
    <b>Деньги возвращены</b>
    { $what }: { $money } вернулись туда, откуда была оплата. Банку может понадобиться несколько дней.
plans = <b>Планы: кредиты каждый месяц, выгоднее</b>
plans-title = <b>{ $plan }</b>
plans-title-best = <b>{ $plan }</b> (самый выгодный)
plans-credits = • { $credits } на { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
}
plans-priority = • ваши задания идут первыми
plans-discount = • картинки дешевле на { $percent } %
plans-price = { $price } за { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
}
plans-method = Как будете платить? До списания покажу всё ещё раз.
plans-confirm =
    <b>План «{ $plan }»</b>
    Сейчас: { $how }. Вы получите { $credits }.
    Дальше: { $money } раз в { $days ->
        [one] { $days } день
        [few] { $days } дня
       *[other] { $days } дней
    }. Списывается само, пока вы не отмените. Следующее списание: <b>{ $next }</b>.

    Отменить можно в любой момент одной кнопкой: /plan. Оплаченное остаётся у вас. Перед каждым списанием я напомню. Соглашаясь, вы принимаете условия: /terms.
my-plan = <b>План «{ $plan }»</b>
my-plan-brings = Каждый раз приносит { $credits }.
my-plan-none = У вас сейчас нет плана.
my-plan-active = Оплачено до { $until }. В этот день спишется { $money }, и план продлится.
my-plan-stopping = Действует до { $until } и больше не продлится. Ничего не спишется, кредиты остаются у вас.
my-plan-unpaid = Было оплачено до { $until }. Списать { $money } не получилось, попробую ещё раз.
my-plan-card = Способ оплаты: { $card }
my-plan-ask-stop =
    <b>Отменить план «{ $plan }»?</b>
    Больше ничего не спишется. Он действует до { $until }, и кредиты остаются у вас.
my-plan-ask-unlink =
    <b>Отвязать: { $card }?</b>
    С этой минуты ничего оттуда не спишется. План «{ $plan }» действует до { $until } и не продлится.
button-promo = Промокод
button-invite = Пригласить друга
button-gift-credits = Подарить кредиты
button-share = Отправить другу
button-gift = Подарок на { $credits }, до { $until }
button-give = Подарить { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
button-take-back = Отменить подарок
notice-promo-text = Пришлите код текстом, пожалуйста.
notice-number-wrong = Пришлите целое число, например 150.
notice-gift-large = Подарить можно не больше, чем у вас есть: { $have }.
promo-ask =
    <b>Промокод</b>
    Отправьте код сообщением.
invite = <b>Пригласите друга</b>
invite-reward = Когда друг придёт по вашей ссылке и впервые заплатит:
invite-reward-own = • вам — { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
invite-reward-friend = • другу — { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
invite-link = Ваша ссылка: <code>{ $link }</code>
invite-numbers =
    Пришли: { $joined }
    Заплатили: { $paid }
    Заработано: { $earned ->
        [one] { $earned } кредит
        [few] { $earned } кредита
       *[other] { $earned } кредитов
    }
invite-words = { $credits ->
    [0] Делаю здесь аватары по фотографиям. Загляни!
    [one] Делаю здесь аватары по фотографиям. К первой покупке дают ещё { $credits } кредит.
    [few] Делаю здесь аватары по фотографиям. К первой покупке дают ещё { $credits } кредита.
   *[other] Делаю здесь аватары по фотографиям. К первой покупке дают ещё { $credits } кредитов.
}
gift =
    <b>Кредиты в подарок</b>
    У вас { $have ->
        [one] { $have } кредит
        [few] { $have } кредита
       *[other] { $have } кредитов
    }. Выберите, сколько подарить, или пришлите число. Вы получите ссылку; кредиты достанутся тому, кто откроет её первым.
gift-list = Подаренное раньше:
gift-line-open = • { $credits }: ждёт до { $until }
gift-line-opened = • { $credits }: открыт
gift-line-returned = • { $credits }: вернулся к вам
gift-confirm =
    <b>Подарить { $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[other] { $credits } кредитов
    }?</b>
    Они отложатся сейчас, у вас останется { $left }. Если ссылку вовремя никто не откроет, они вернутся. Пока подарок не открыт, его можно отменить.
gift-open =
    <b>Ваш подарок: { $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[other] { $credits } кредитов
    }</b>
    <code>{ $link }</code>

    Кредиты получит тот, кто откроет ссылку первым. Подарок ждёт до { $until }, потом кредиты вернутся к вам.
gift-opened = Ваш подарок открыт: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
} теперь у друга.
gift-returned = Этот подарок вернулся к вам: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
gift-words = Тебе подарок: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}. Открой, пока никто не опередил.
button-admin-numbers = Цифры
button-admin-find = Найти клиента
button-admin-open = { $name } · { $id }
button-admin-grant = Начислить
button-admin-take = Снять
button-admin-chain = Вся цепочка
button-admin-ban = Заблокировать
button-admin-unban = Разблокировать
button-admin-refund = Вернуть { $money } от { $on }
button-admin-do = Да, сделать
notice-reason-wrong = Причина — от 1 до 200 символов.
admin =
    <b>Для владельцев</b>
    Посмотрите цифры или пришлите @имя клиента, Telegram ID, наш ID, ID заказа или имя.
admin-numbers-title = <b>Цифры</b>
admin-numbers =
    <b>{ $days ->
        [1] Сегодня
       *[other] Дней: { $days }
    }</b>
    Новых: { $new }, активных: { $active }, заплатили: { $payers }
    Выручка: { $revenue }
    Потрачено кредитов: { $spent }
    Расходы: ${ $cost }
admin-margin = Маржа: { $percent } %
admin-find =
    <b>Найти клиента</b>
    Пришлите его @имя, Telegram ID, наш ID, ID заказа или имя.
admin-found = Найдено по «{ $query }»:
admin-found-none = По «{ $query }» никто не нашёлся. Пришлите что-нибудь другое.
admin-customer =
    <b>{ $name }</b>
    <code>{ $id }</code>
    Telegram: <code>{ $telegram }</code>
    С нами с { $since }
    Кредитов: { $credits }, отложено: { $held }
    Аватаров: { $avatars }
admin-banned = <b>Заблокирован.</b>
admin-payment = • { $on }  { $money }, { $method }
admin-payment-refunded = • { $on }  { $money }, { $method }; возвращено: { $refunded }
admin-payment-parked = • { $on }  { $money }, { $method }; <b>заказ не найден</b>
admin-chain = <b>{ $name }: вся цепочка</b>
admin-chain-more = …и ещё { $count }. Целиком: atelier explain.
admin-ask-ban = <b>Заблокировать: { $name }?</b> Бот перестанет отвечать этому человеку.
admin-ask-unban = <b>Разблокировать: { $name }?</b> Бот снова будет отвечать.
admin-ask-grant =
    <b>{ $name }: сколько кредитов начислить?</b>
    Сейчас: { $have }. Выберите или пришлите число.
admin-ask-take =
    <b>{ $name }: сколько кредитов снять?</b>
    Сейчас: { $have }. Выберите или пришлите число.
admin-ask-reason = Теперь пришлите причину. Клиент может её увидеть.
admin-reason = Причина: { $reason }
admin-grant = <b>{ $name }</b>: начислить { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
admin-take = <b>{ $name }</b>: снять { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}.
admin-refund = <b>{ $name }</b>: вернуть { $money }, неистраченную часть.
invoice-pack = { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
invoice-plan = { $plan }: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
checkout-unknown = Этот счёт больше не действует. Выберите пакет ещё раз, пожалуйста.
checkout-not-yours = Этот счёт выставлен другому человеку.
checkout-paid = Этот счёт уже оплачен.
checkout-over = Время этого счёта вышло. Выберите пакет ещё раз, пожалуйста.
checkout-later = Сейчас не получается. Попробуйте через минуту, деньги не списаны.
owners-summary =
    { $bot }, { $on }
    Новых: { $new }, платили: { $payers }
    Выручка: { $revenue }, возвраты: { $refunds }
    Потрачено кредитов: { $spent }, провайдеры: ${ $cost }
    Требует внимания: { $open }

## Pictures

news-pictures-ready =
    <b>{ $made ->
        [0] В этот раз картинок нет
        [one] Готова { $made } картинка
        [few] Готовы { $made } картинки
       *[other] Готово { $made } картинок
    }</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Списан { $credits } кредит.
        [few] Списано { $credits } кредита.
       *[other] Списано { $credits } кредитов.
    }
pictures-withheld = { $count ->
    [one] { $count } картинку не пропустила проверка безопасности, за неё ничего не списано.
    [few] { $count } картинки не пропустила проверка безопасности, за них ничего не списано.
   *[other] { $count } картинок не пропустила проверка безопасности, за них ничего не списано.
}
news-pictures-failed =
    <b>Картинки не получились</b>
    { $reason }
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
news-pictures-canceled =
    <b>Остановлено: картинок не будет</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
news-pictures-sent = Вот, пожалуйста.
news-originals-sent = { $count ->
    [1] Вот оригинал: файл в полном качестве.
   *[other] Вот оригиналы: файлы в полном качестве.
}
news-sending-pictures = Отправляю…
news-favoured = Теперь в избранном: хранится без срока.
news-not-favoured = Убрано из избранного.
news-pictures-deleted = { $count ->
    [0] Удалять нечего.
    [1] Удалено навсегда.
   *[other] Удалено навсегда: { $count }.
}
news-pictures-expire = { $on } из вашей галереи { $count ->
    [one] будет удалён { $count } файл: срок его хранения подходит к концу.
    [few] будут удалены { $count } файла: срок их хранения подходит к концу.
   *[other] будет удалено { $count } файлов: срок их хранения подходит к концу.
} Чтобы сохранить нужное, отметьте его как избранное: /gallery.
news-hint-asked = Минутку… Это займёт несколько секунд.
news-hint-ready = Вот что получилось: <i>{ $words }</i>
news-hint-unusable = По этому фото описание составить не вышло. Пришлите другое или напишите сами.
news-hint-rejected = Правила сервиса такого не допускают. Попробуйте иначе или напишите слова сами.
news-hint-failed = Подсказать слова сейчас не вышло. Попробуйте чуть позже или напишите сами.
news-packing-begun = { $count ->
    [1] Собираю архив. Пришлю сюда, когда будет готов.
   *[other] Собираю архив, файлов в нём: { $count }. Пришлю сюда, когда будет готов.
}
news-packed = Архив готов. Файлов в нём: { $count }.
news-packed-link =
    Архив готов. Файлов в нём: { $count }.
    Он великоват для чата, скачайте его по ссылке: { $link }
news-packing-failed = Собрать архив не получилось. В галерее всё на месте; попробуйте, пожалуйста, ещё раз.
picture-fault-photos-unusable = Картинка, от которой мы шли, не подошла. Возьмите, пожалуйста, другую.
picture-fault-content-rejected = Правила студии такого не допускают. Попробуйте описать иначе.
picture-fault-voice-gone = Этого голоса больше нет.
picture-fault-text-too-long = Слов слишком много. Сократите их, пожалуйста.
picture-fault-sound-too-long = Запись слишком длинная.
picture-fault-sound-too-short = Запись слишком короткая.
picture-fault-provider-failed = В студии, где делают картинки, случился сбой, и повтор не помог. Попробуйте, пожалуйста, позже.
picture-fault-too-slow = Картинки делались слишком долго, поэтому я остановил работу.
picture-fault-result-broken = Картинки пришли повреждёнными. Попробуйте, пожалуйста, ещё раз.
picture-fault-uncertain = Не удалось узнать, взялась ли студия за работу, поэтому всё отменено.
picture-fault-provider-closed = Студия сейчас не принимает работу. Владелец уже знает.
picture-fault-ours = У нас что-то сломалось. Владелец уже знает.
refusal-avatar-not-ready = Этот аватар ещё не обучен, поэтому с ним пока ничего не сделать.
refusal-generation-gone = Этого заказа больше нет.
refusal-photo-too-large = Это фото больше 20 МБ, такие Telegram мне не отдаёт. Пришлите его, пожалуйста, поменьше.
refusal-picture-gone = Этого в галерее больше нет.
refusal-pictures-too-many = За раз можно выбрать не больше { $most }.
refusal-pictures-under-way = Уже делается заказов: { $most }. Подождите, пока закончится хотя бы один.
refusal-rests-today = За последние сутки слишком много ваших картинок не прошли проверку, поэтому создание картинок пока отдыхает. Кредиты не списаны; попробуйте завтра.
refusal-style-gone = Этого стиля больше нет. Выберите другой, пожалуйста.
refusal-words-empty = Напишите хотя бы пару слов о том, что должно быть на картинке.
refusal-words-too-long = Это длинновато: можно до { $most } символов.
button-make-pictures = Создать картинки
button-gallery = Галерея
button-watch-making = Создаю: { $name }, { $count } шт.
button-own-words = Свои слова
button-from-photo = По фото
button-other-avatar = Другой аватар
button-add-words = Добавить свои слова
button-change-words = Изменить слова
button-no-words = Без своих слов
button-improve-words = Улучшить слова
button-undo-words = Вернуть прежние слова
button-use-words = Взять эти слова
button-picture-model = { $model } · { $credits }
button-chosen = ✓ { $label }
button-make = Создать за { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
button-stop-making = Остановить
button-cancel-making = Да, остановить
button-open-results = Посмотреть
button-repeat = Повторить
button-vary = Похожие
button-change = Изменить
button-make-more = Создать ещё
button-original = Оригинал файлом
button-originals = Оригиналы файлами
button-show-again = Прислать снова
button-favourite = ☆ В избранное
button-not-favourite = ★ В избранном
button-favourite-of = ☆ { $number }
button-not-favourite-of = ★ { $number }
button-newer = ‹ Новее
button-older = Раньше ›
button-newest = К самым новым
button-filter = Фильтр
button-everything = Показать все
button-select = Выбрать несколько
button-period-all = Всё время
button-period-today = Сегодня
button-period-week = 7 дней
button-period-month = 30 дней
button-only-favourites = Только избранное
button-every-avatar = Все аватары
button-every-product = Всё
button-clear-filter = Сбросить фильтр
button-show = Показать: { $count }
button-all-here = Вся страница
button-delete-chosen = Удалить: { $count }
button-zip = Скачать архивом: { $count }
notice-making-runs = Картинки создаются. Я пришлю их сюда, когда будут готовы.
notice-photo-no-use = Здесь фото мне не пригодится. Чтобы сделать картинку по фото, откройте /pictures и нажмите «По фото», а чтобы обработать фото — /edit.
notice-hints-over = На сегодня подсказки закончились. Напишите, пожалуйста, своими словами, а завтра я снова помогу.
notice-words-long = Это { $count } символов, а можно до { $most }. Сократите немного, пожалуйста.
notice-price-anew = Та цена уже не действует. Вот тот же заказ по сегодняшней.
create =
    <b>{ $name }: что будет на картинке?</b>
    Выберите стиль или просто напишите, что хотите увидеть.
create-no-avatar =
    <b>Сначала нужен аватар</b>
    Картинки я делаю с обученным аватаром, а такого пока нет. Создайте его: понадобится несколько фото. Если он уже обучается, нужно только дождаться.
create-pick-avatar = <b>С каким аватаром делаем картинки?</b>
create-category =
    <b>{ $category }</b>
    Какой стиль примерим? Аватар: { $name }
create-style =
    <b>{ $style }</b>
    { $about }

    Можно взять как есть или дописать своё: просто напишите.
create-photo =
    <b>Картинка по фото</b>
    Пришлите фото, похожее на то, что хочется получить. Я опишу его словами, а вместо человека на нём будет ваш аватар. Слова потом можно поправить.
create-photo-looking = Рассматриваю фото… Это займёт несколько секунд.
create-photo-found =
    <b>Вот что на фото</b>
    <code>{ $words }</code>

    Возьмите эти слова, пришлите свой вариант или другое фото.
preset-category-art = Искусство
preset-category-background = Фон
preset-category-beard = Борода и усы
preset-category-hair = Причёски
preset-category-makeup = Макияж
preset-category-own = Своими словами
preset-category-restoration = Старые фото
preset-category-retouch = Ретушь
preset-category-seasons = Времена года
preset-category-try-on = Примерка
style-category-work = Работа и учёба
style-category-city = Город
style-category-travel = Путешествия
style-category-art = Живопись и рисунок
style-category-cinema = Кино
style-category-seasons = Времена года
style-category-fashion = Мода
style-category-fantasy = Фантазия
style-category-holidays = Семья и праздники
setup =
    <b>Проверим перед началом</b>
    Аватар: { $name }
setup-vary = Основа: ваша картинка. Получатся похожие на неё.
setup-change = Основа: ваша картинка, изменённая по вашим словам.
setup-style = Стиль: { $style }
setup-words = Слова: <i>{ $words }</i>
setup-translate = Студия лучше всего понимает английский: «Улучшить слова» заодно и переведёт.
setup-improving = Подбираю слова получше… Это займёт несколько секунд.
setup-shape = Формат: { $shape }, картинок: { $count }
setup-model = Модель: { $model }. { $about }
setup-discount = По вашему плану дешевле на { $percent } %, это уже учтено.
setup-price =
    Цена: <b>{ $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[other] { $credits } кредитов
    }</b>. У вас { $have }, останется { $left }.
    Сейчас кредиты только откладываются, а спишутся за то, что получится.
setup-price-top-up =
    Цена: <b>{ $credits ->
        [one] { $credits } кредит
        [few] { $credits } кредита
       *[other] { $credits } кредитов
    }</b>. У вас { $have }, этого не хватит.
    Пополните баланс: всё выбранное подождёт и потом продолжится.
setup-price-short = Цена: <b>{ $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}</b>. У вас { $have }, этого не хватит.
setup-ask =
    <b>Что будет на картинке?</b>
    Опишите место, одежду, настроение, свет. Хватит и пары слов, можно до { $most } символов.
setup-ask-style =
    <b>{ $style }: что добавить от себя?</b>
    Например, цвет одежды, место или настроение. До { $most } символов.
setup-ask-change =
    <b>Что изменить?</b>
    Опишите картинку такой, какой она должна стать: что другое и что остаётся. До { $most } символов.
setup-ask-now = Сейчас: <code>{ $words }</code>
making-title = <b>{ $name }: создаю картинки ({ $count })</b>
making-uncertain = Уточняю, взялась ли студия за работу. Ваши кредиты в сохранности.
making-pending = Передаю заказ в студию.
making-processing = Студия уже за работой.
making-moved-on = За дело взялась другая студия, цена та же.
making-left = { $minutes ->
    [0] Осталось меньше минуты.
   *[other] Осталось примерно { $minutes } мин.
} Чат можно закрыть: я пришлю картинки сюда.
making-write = Чат можно закрыть: я пришлю картинки сюда.
making-ask-cancel =
    <b>Остановить?</b>
    За остановленный заказ ничего не списывается: { $credits ->
        [one] { $credits } кредит вернётся
        [few] { $credits } кредита вернутся
       *[other] { $credits } кредитов вернутся
    } к вам. Если картинки успеют получиться, вы их получите за названную цену.
result-pick-vary = <b>На какую должны быть похожи новые?</b>
result-pick-change = <b>Какую меняем?</b>
gallery =
    <b>Галерея: { $count }</b>
    Чтобы открыть, нажмите на номер.
gallery-filter = Фильтр: { $filter }
gallery-empty =
    <b>В галерее пока пусто</b>
    Здесь будет всё, что вы создадите: картинки, видео, озвучки. Начнём с картинки?
gallery-page-empty = На этой странице больше ничего нет.
gallery-none =
    <b>Ничего не нашлось</b>
    Фильтр: { $filter }
gallery-pick-filter = <b>Что показать?</b>
gallery-favourites = избранное
gallery-avatar-gone = удалённый аватар
period-all = за всё время
period-today = за сегодня
period-week = за 7 дней
period-month = за 30 дней
product-picture = картинки
product-edit = обработанные фото
product-character = новые образы
product-speech = озвучка
product-video = видео
gallery-select =
    <b>Выбрано: { $count }</b>
    Отмечайте номерами; страницы можно листать.
gallery-ask-delete-chosen =
    <b>{ $count ->
        [1] Удалить выбранное навсегда?
       *[other] Удалить выбранное ({ $count }) навсегда?
    }</b>
    Файлы тоже исчезнут. Кредиты за них не возвращаются.
picture = <b>{ $name }</b> · { $on }
picture-made = { $model } · { $shape } · { $width }×{ $height }
picture-seed = Номер варианта: <code>{ $seed }</code>
picture-price = Цена: { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
picture-kept = В избранном: хранится без срока.
picture-expires = Хранится до { $on }. Избранное остаётся без срока.
picture-ask-delete =
    <b>Удалить навсегда?</b>
    Файл тоже исчезнет. Кредиты за него не возвращаются.

## Edits

news-input-unusable = Это фото взять не получилось: файл слишком большой, повреждён или это не картинка. Пришлите другое, пожалуйста: JPEG, PNG или WebP до 20 МБ. Ничего не списано.
refusal-preset-gone = Этой обработки больше нет. Выберите другую, пожалуйста. Ничего не списано.
button-edit-photo = Обработать фото
button-watch-edit = Обрабатываю: { $title }
button-preset = { $title } · { $credits }
button-edit = Обработать за { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
button-other-photos = Другое фото
button-edit-result = Обработать
button-edit-further = Обработать дальше
button-before-after = До и после
button-only-after = Только результат
button-another-photo = То же с другим фото
notice-edit-enough = Фото уже достаточно, лишние я не беру. Если нужно другое, нажмите «Другое фото».
notice-edit-first-photo = Здесь нужно меньше фото, чем вы прислали, поэтому я беру те, что пришли первыми.
notice-edit-photo-first = Сейчас мне нужно фото: пришлите его, пожалуйста, сюда.
notice-edit-runs = Фото обрабатывается. Я пришлю результат сюда, когда он будет готов.
edit =
    <b>Что сделаем с фото?</b>
    Выберите готовое или просто напишите, что изменить. А можно начать с фото: пришлите его сюда.
edit-looking =
    <b>Минутку, смотрю фото…</b>
    А пока выберите, что с ним сделать, или напишите, что изменить.
edit-kept =
    <b>{ $count ->
        [one] Обработаем это фото?
       *[other] Обработаем эти фото?
    }</b>
    Выберите, что сделать, или напишите, что изменить.
edit-paused =
    <b>Обработка фото пока отдыхает</b>
    Загляните, пожалуйста, чуть позже: она вернётся. Ничего не списано.
edit-category =
    <b>{ $category }</b>
    Что попробуем? На кнопке — цена в кредитах.
edit-preset =
    <b>{ $title }</b>
    { $about }
edit-takes-one = Понадобится одно фото. Можно прислать его прямо сейчас.
edit-takes-two = Понадобятся два фото: сначала то, что меняем, потом ещё одно. { $second }
edit-takes-words = И несколько слов. { $ask }
edit-title = <b>{ $title }</b>
edit-photo-looking = Минутку, смотрю фото…
edit-photos-there = Всё, что нужно, уже есть.
edit-send = Пришлите фото, которое нужно обработать: как фото или файлом.
edit-send-first = Нужны два фото. Сначала пришлите то, которое меняем.
edit-send-second = Первое фото есть, теперь второе. { $second }
edit-ask =
    { $ask }
    До { $most } символов.
edit-photos = { $count ->
    [one] Ваше фото на месте.
   *[other] Оба фото на месте.
}
edit-photos-gone = Прежних фото у меня больше нет. Пришлите их, пожалуйста, ещё раз: всё остальное осталось как было. Ничего не списано.
edit-making = <b>{ $title }: обрабатываю фото</b>
edit-left = { $minutes ->
    [0] Осталось меньше минуты.
   *[other] Осталось примерно { $minutes } мин.
} Чат можно закрыть: я пришлю результат сюда.
edit-write = Чат можно закрыть: я пришлю результат сюда.
edit-ask-cancel =
    <b>Остановить?</b>
    За остановленную обработку ничего не списывается: { $credits ->
        [one] { $credits } кредит вернётся
        [few] { $credits } кредита вернутся
       *[other] { $credits } кредитов вернутся
    } к вам. Если результат успеет получиться, вы получите его за названную цену.
edit-ready =
    <b>{ $made ->
        [0] В этот раз результата нет
       *[other] Готово: фото обработано
    }</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Списан { $credits } кредит.
        [few] Списано { $credits } кредита.
       *[other] Списано { $credits } кредитов.
    }
edit-withheld = Результат не прошёл проверку безопасности, за него ничего не списано.
edit-failed =
    <b>Обработать фото не получилось</b>
    { $reason }
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
edit-canceled =
    <b>Остановлено: фото осталось как было</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
edit-photos-unusable = Студия не смогла взять это фото. Попробуйте, пожалуйста, другое.
edit-compared = Слева — как было, справа — как стало.
edit-after = Вот что получилось.
edit-made = { $width }×{ $height }
result-pick-edit = <b>Какую обработаем?</b>

## Talking videos

news-voice-played = { $voice }: так звучит этот голос.
character-ready =
    <b>{ $made ->
        [0] В этот раз результата нет
       *[other] Новый образ готов
    }</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Списан { $credits } кредит.
        [few] Списано { $credits } кредита.
       *[other] Списано { $credits } кредитов.
    }
speech-ready =
    <b>{ $made ->
        [0] В этот раз результата нет
       *[other] Послушайте: текст озвучен
    }</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Списан { $credits } кредит.
        [few] Списано { $credits } кредита.
       *[other] Списано { $credits } кредитов.
    }
video-ready =
    <b>{ $made ->
        [0] В этот раз результата нет
       *[other] Ваше видео готово
    }</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Списан { $credits } кредит.
        [few] Списано { $credits } кредита.
       *[other] Списано { $credits } кредитов.
    }
character-failed =
    <b>Новый образ не получился</b>
    { $reason }
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
speech-failed =
    <b>Озвучить текст не получилось</b>
    { $reason }
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
video-failed =
    <b>Видео не получилось</b>
    { $reason }
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
    Озвучка остаётся у вас: она в галерее, /gallery.
character-canceled =
    <b>Остановлено: образ остался прежним</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
speech-canceled =
    <b>Остановлено: текст не озвучен</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
video-canceled =
    <b>Остановлено: видео не снято</b>
    { $credits ->
        [0] Ничего не списано.
        [one] Возвращён { $credits } кредит.
        [few] Возвращено { $credits } кредита.
       *[other] Возвращено { $credits } кредитов.
    }
video-fault-photos-unusable = Студия не смогла взять эту картинку. Подойдёт чёткая, с одним лицом анфас.
video-fault-content-rejected = Правила студии такого не допускают. Попробуйте другие слова или другую картинку.
video-fault-voice-gone = Этого голоса больше нет. Выберите, пожалуйста, другой.
video-fault-text-too-long = Такой длинный текст за один раз не озвучить. Сократите его, пожалуйста.
video-fault-sound-too-long = Озвучка длиннее, чем может быть видео. Сократите текст, пожалуйста.
video-fault-sound-too-short = Озвучка слишком короткая для видео. Добавьте, пожалуйста, пару слов.
video-fault-provider-failed = В студии случился сбой, и повтор не помог. Попробуйте, пожалуйста, позже.
video-fault-too-slow = Это тянулось слишком долго, поэтому я остановил работу.
video-fault-result-broken = Результат пришёл повреждённым. Попробуйте, пожалуйста, ещё раз.
video-fault-uncertain = Не удалось узнать, взялась ли студия за работу, поэтому всё отменено.
video-fault-provider-closed = Студия сейчас не принимает работу. Владелец уже знает.
video-fault-ours = У нас что-то сломалось. Владелец уже знает.
refusal-character-gone = Этого персонажа больше нет. Выберите, пожалуйста, другого. Ничего не списано.
refusal-clip-gone = Этого ролика у меня больше нет. Пришлите его, пожалуйста, ещё раз. Ничего не списано.
refusal-clip-too-large = Этот ролик больше 20 МБ, такие Telegram мне не отдаёт. Пришлите его покороче или полегче, пожалуйста.
refusal-clip-too-long = Этот ролик длиннее { $most ->
    [one] { $most } секунды
   *[other] { $most } секунд
}. Пришлите, пожалуйста, покороче.
refusal-no-room = Для новых видео сейчас нет места, владелец уже знает. Ничего не списано. Попробуйте, пожалуйста, чуть позже.
refusal-speech-gone = Этой озвучки больше нет: текст нужно озвучить ещё раз. Ничего не списано.
refusal-speech-too-long = Озвучка длиннее { $most ->
    [one] { $most } секунды
   *[other] { $most } секунд
}, а видео таким быть не может. Сократите текст или ускорьте речь. Ничего не списано.
refusal-voice-gone = Этого голоса больше нет. Выберите, пожалуйста, другой. Ничего не списано.
button-create-video = Снять говорящее видео
button-watch-character = Создаю: новый образ
button-watch-speech = Озвучиваю ваш текст
button-watch-video = Снимаю видео
button-video-head = Говорящий человек
button-video-over = Человек поверх моего ролика
button-video-mine = Из моих картинок
button-video-face = { $number }. { $name }, { $age }
button-video-change = Изменить образ · { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
button-video-changed = Показать новый образ
button-video-original = Вернуть исходный вид
button-video-again = Посмотреть ещё раз
button-makeover = Изменить за { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
button-makeover-use = Взять этот образ
button-makeover-further = Изменить ещё
button-voice-listen = Послушать
button-voice-keep = Оставить голос: { $voice }
button-script-keep = Оставить этот текст
button-script-help = Помочь с текстом
button-script-use = Взять этот текст
button-script-speed = { $percent } %
button-script-speed-usual = обычный
button-script-voice = Другой голос
button-script-text = Другой текст
button-script-speak = Озвучить за { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
button-takes-use = Подходит, дальше
button-takes-again = Послушать ещё раз
button-takes-speed = Быстрее или медленнее
button-film-standard = Обычное
button-film-high = Высокое
button-film-captions = Субтитры
button-film-several = Снять несколько видео
button-film-more = Ещё персонажи
button-film-take = Озвучка { $number }
button-film-women = Показать женщин
button-film-men = Показать мужчин
button-film-chosen = Выбор сделан
button-film-done = Дальше: { $count } видео за { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
button-film-clip = Прислать другой ролик
button-film-faces = Выбрать другого человека
button-film-speak = Озвучить заново
button-film = { $count ->
    [1] Снять видео
   *[other] Снять { $count } видео
} за { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
button-begin-change = Изменить ещё
button-begin-film = Сделать с этим видео
button-begin-other-face = С другим человеком
button-begin-other-voice = Другим голосом
button-shoot-watch = { $number }. { $name }: как идёт
button-shoot-open = { $number }. { $name }: открыть
button-shoot-why = { $number }. { $name }: что случилось
notice-video-runs = Работа идёт. Я пришлю результат сюда, когда он будет готов.
notice-video-format-first = Сначала выберите, пожалуйста, какое будет видео.
notice-clip-large = Этот ролик больше 20 МБ, а больше Telegram мне скачать не даёт. Пришлите покороче или отправьте его как видео, а не файлом: тогда Telegram его сожмёт.
notice-clip-long = Этот ролик длится { $seconds ->
    [one] { $seconds } секунду
    [few] { $seconds } секунды
   *[other] { $seconds } секунд
}, а можно до { $most ->
    [one] { $most } секунды
   *[other] { $most } секунд
}. Обрежьте его, пожалуйста, прямо в Telegram перед отправкой.
notice-clip-needed = Здесь нужен видеоролик: то, что будет видно за человеком.
notice-clip-no-use = Ролик здесь не пригодится. Чтобы поставить человека поверх своего ролика, откройте /create.
news-clip-unusable = Взять этот ролик не получилось: он повреждён, слишком длинный или это не видео. Пришлите, пожалуйста, другой: MP4 или MOV. Ничего не списано.
notice-makeover-photo = Чтобы взять другое фото, вернитесь, пожалуйста, к выбору человека.
notice-makeover-over = Изменений уже { $most }, больше нельзя. Возьмите этот образ или начните заново с исходного.
notice-voice-first = Сначала выберите, пожалуйста, голос. Текст — следующим шагом.
notice-voice-replaced = Того голоса больше нет, поэтому говорить будет { $voice }. Ничего не списано; можно выбрать и другой голос.
notice-script-empty = Напишите хотя бы пару слов, которые можно произнести.
notice-script-long = Здесь { $count ->
    [one] { $count } символ
    [few] { $count } символа
   *[other] { $count } символов
}, около { $seconds ->
    [one] { $seconds } секунды
   *[other] { $seconds } секунд
} речи, а можно до { $most } символов. Сократите, пожалуйста, немного.
notice-script-text = Напишите, пожалуйста, что сказать, текстовым сообщением.
notice-shoot-stop = Откройте, пожалуйста, то видео, которое нужно остановить.
notice-film-one = Хотя бы один человек и одна озвучка должны остаться.
notice-film-most = Так выйдет больше { $most } видео за раз. Сначала уберите кого-нибудь.
video-paused =
    <b>Говорящие видео пока отдыхают</b>
    Загляните, пожалуйста, чуть позже: они вернутся. Ничего не списано.
video =
    <b>Говорящее видео</b>
    Выберите человека и голос, напишите пару фраз — и получите вертикальное видео, где он их произносит.
video-format-head =
    <b>Говорящий человек</b>
    В своей обстановке, как на картинке. Цена: от { $credits ->
        [one] { $credits } кредита
       *[other] { $credits } кредитов
    } за секунду.
video-format-over =
    <b>Человек поверх вашего ролика</b>
    За ним ваш магазин или товар: ролик до { $most ->
        [one] { $most } секунды
       *[other] { $most } секунд
    }. Цена: от { $credits ->
        [one] { $credits } кредита
       *[other] { $credits } кредитов
    } за секунду.
video-begun = То, что у вас уже есть, делать заново не придётся.
video-clip =
    <b>Что будет за человеком?</b>
    Пришлите видеоролик: до { $most ->
        [one] { $most } секунды
       *[other] { $most } секунд
    } и до 20 МБ, лучше вертикальный. Если речь окажется длиннее, ролик начнётся сначала.
video-clip-looking = Минутку, смотрю ролик…
video-clip-there =
    <b>Ролик на месте: { $length }</b>
    Нужен другой — просто пришлите его.
video-gender =
    <b>Кто будет говорить?</b>
    Выберите персонажа, возьмите свою картинку или просто пришлите сюда фото человека.
video-faces =
    <b>Кого возьмём?</b>
    Можно прислать и своё фото.
video-face =
    <b>{ $name }, { $age }</b>
    { $about }
video-face-voice = Подходящий голос: { $voice }.
video-face-looking = Минутку, смотрю фото…
video-face-own =
    <b>Говорить будет этот человек</b>
    Лучше всего подойдёт чёткое фото с одним лицом анфас.
video-face-changed = <b>Новый образ на месте</b>
video-face-gone = Этой картинки у меня больше нет. Выберите, пожалуйста, ещё раз. Ничего не списано.
video-mine = <b>Какая из ваших картинок заговорит?</b>
video-mine-empty = Ваших картинок пока нет. Создайте их через /pictures или пришлите фото прямо сюда.
video-length = Длина: { $length }
gallery-character = Новый образ
gallery-speech = Озвучка
gallery-video = Говорящее видео
video-own-picture = Ваша картинка
makeover-ask =
    <b>Что изменим?</b>
    Напишите своими словами: другая одежда, другое место, другая причёска. До { $most } символов.
makeover-order =
    <b>Изменить так?</b>
    <i>{ $words }</i>
makeover-rounds = Изменений: { $rounds } из { $most }.
character-making = <b>Создаю новый образ</b>
speech-making = <b>Озвучиваю ваш текст</b>
video-making = <b>Снимаю ваше видео</b>
video-stage-lips = Оживляю лицо под вашу озвучку
video-stage-matte = Вырезаю человека из фона
video-stage-montage = Собираю видео
video-ask-cancel =
    <b>Остановить видео?</b>
    За остановленное видео ничего не списывается: { $credits ->
        [one] { $credits } кредит вернётся
        [few] { $credits } кредита вернутся
       *[other] { $credits } кредитов вернутся
    } к вам. Озвучка останется у вас. Если видео успеет получиться, вы получите его за названную цену.
video-ask-cancel-step =
    <b>Остановить?</b>
    За остановленное ничего не списывается: { $credits ->
        [one] { $credits } кредит вернётся
        [few] { $credits } кредита вернутся
       *[other] { $credits } кредитов вернутся
    } к вам. Если результат успеет получиться, вы получите его за названную цену.
voices = <b>Чьим голосом говорить?</b>
voice-line = <b>{ $title }</b>: { $about }
voice-line-usual = <b>{ $title }</b> (ваш прошлый выбор): { $about }
script =
    <b>Что сказать?</b>
    Напишите текст сюда: до { $most } символов, а вслух до { $seconds ->
        [one] { $seconds } секунды
       *[other] { $seconds } секунд
    }. Лучше всего — две-три фразы.
script-now =
    Сейчас:
    <i>{ $script }</i>
script-help =
    <b>О чём рассказать?</b>
    Напишите пару слов: что вы предлагаете, кому и что надо сделать. Или пришлите свой текст, а я его поправлю.
script-thinking = <b>Минутку, думаю над текстом…</b>
script-found =
    <b>Как вам такой текст?</b>
    <i>{ $script }</i>
    
    Его можно взять и потом поправить. Или напишите ещё раз, о чём рассказать.
script-order =
    <b>Текст</b>
    <i>{ $script }</i>
script-voice = Голос: { $voice }
script-voice-gone = Голос: его больше нет, выберите другой, пожалуйста
script-pace = { $percent ->
    [100] Темп речи: обычный
   *[other] Темп речи: { $percent } %
}
script-length = Символов: { $count } из { $most }, примерно { $seconds ->
    [one] { $seconds } секунда
    [few] { $seconds } секунды
   *[other] { $seconds } секунд
}
script-too-long = Может выйти слишком длинно: видео бывает до { $seconds ->
    [one] { $seconds } секунды
   *[other] { $seconds } секунд
}.
takes =
    <b>Как звучит?</b>
    Если сменить голос, текст или темп, будет новая озвучка по обычной цене.
takes-line = { $number }. { $voice }, { $length }
takes-line-chosen = <b>{ $number }. { $voice }, { $length }</b>
takes-too-long = Для видео эта озвучка слишком длинная: можно до { $seconds ->
    [one] { $seconds } секунды
   *[other] { $seconds } секунд
}. Сократите текст или ускорьте речь.
film = <b>{ $count ->
    [1] Ваше видео
   *[other] Ваши видео: { $count }
}</b>
film-format-head = Говорящий человек
film-format-over = Человек поверх вашего ролика
film-faces = В кадре: { $names }
film-take = Озвучка: { $voice }, { $length }
film-quality-standard = Качество: обычное
film-quality-high = Качество: высокое
film-quality-limit = Высокое качество возможно для озвучки до { $seconds ->
    [one] { $seconds } секунды
   *[other] { $seconds } секунд
}.
film-captions = С субтитрами
film-apart = Каждое видео оплачивается отдельно: если какое-то не получится, за него ничего не спишется.
film-several =
    <b>Несколько видео сразу</b>
    Каждый, кого вы выберете, произнесёт каждую озвучку: до { $most } видео.
film-several-voice = Чтобы добавить другой голос, вернитесь назад и сначала озвучьте им текст.
film-several-price = Видео: { $count }, вместе { $credits ->
    [one] { $credits } кредит
    [few] { $credits } кредита
   *[other] { $credits } кредитов
}
film-more = <b>Кого ещё?</b>
shoot = <b>Видео в работе: { $count }</b>
shoot-done = <b>Ваши видео: получилось { $made } из { $count }</b>
shoot-line = { $number }. { $name }, { $length }: { $state }
shoot-stage-lips = оживляю лицо
shoot-stage-matte = вырезаю из фона
shoot-stage-montage = собираю
shoot-pending = скоро начну
shoot-queue = { $place } в очереди
shoot-percent = { $percent } %
shoot-uncertain = уточняю у студии
shoot-ready = готово
shoot-failed = не получилось, за него ничего не списано
shoot-canceled = остановлено
shoot-charged = Всего списано: { $credits }
shoot-returned = Возвращено: { $credits }
sound-title = Ваша озвучка
sound-performer = Atelier
video-label = Создано с помощью ИИ
