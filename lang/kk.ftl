### What we say, in Kazakh.
### Values in braces come from the program; text from users is escaped before it gets here.
### Telegram's HTML may be used in texts, never in buttons (button-*, language-*, command-*) and labels.

## Languages, each in itself

language-en = English
language-kk = Қазақша
language-ru = Русский
language-ask = Қай тілде сөйлесеміз?

## Commands in the messenger's menu

command-menu = Басты мәзір
command-pictures = Сурет жасау
command-edit = Фотоны өңдеу
command-create = Сөйлейтін видео түсіру
command-gallery = Галерея
command-avatars = Аватарларым
command-balance = Баланс және тарих
command-buy = Кредит сатып алу
command-plan = Менің жоспарым
command-promo = Промокод енгізу
command-invite = Дос шақыру
command-gift = Кредит сыйлау
command-help = Сұрақтар мен жауаптар
command-language = Тіл
command-cancel = Басталған істі тоқтату
command-terms = Шарттар
command-privacy = Фотоларыңыз қалай пайдаланылады
command-delete_me = Мен туралы бәрін жою

## Buttons

button-back = ‹ Артқа
button-menu = Басты мәзір
button-agree-terms = Шарттарды қабылдаймын
button-agree-photos = Фотоларыммен жұмыс істеуге келісемін
button-create-avatar = Аватар жасау
button-avatars = Аватарларым
button-balance = Баланс
button-help = Көмек
button-language = Тіл
button-resume-draft = Жалғастыру: { $name }
button-resume-training = Оқытылып жатыр: { $name }
button-kind-portrait = Портрет (ұсынамыз)
button-kind-style = Стиль
button-compare = Екеуін салыстыру
button-compare-closely = Тармақтап салыстыру
button-choose = Осыны таңдау
button-earlier = ‹ Ертерек
button-later = Кейінірек ›
button-previous = ‹ Алдыңғы
button-next = Келесі ›
button-continue = Жалғастыру
button-clean = { $count ->
    [1] Жарамайтынын алып тастау
   *[other] Жарамайтындарын алып тастау: { $count }
}
button-review = Барлық фото
button-remove-photo = Алып тастау: № { $number }
button-drop-draft = Қараламаны жою
button-keep-avatar = Бұрынғыша қалдыру
button-drop = Иә, жою
button-keep-draft = Жоқ, кейінге қалдыру
button-quality-fast = Жылдам: { $credits }
button-quality-balanced = Оңтайлы: { $credits }
button-quality-quality = Ең жоғары сапа: { $credits }
button-start = Бастау: { $credits } кредит
button-ask-cancel = Оқытуды тоқтату
button-cancel-training = Иә, тоқтату
button-open-avatar = Аватарды ашу
button-try-again = Қайта байқап көру
button-go-on = Фотоларға оралу
button-watch = Барысын көру
button-about-avatar = Осы аватар туралы
button-make-main = Негізгі ету
button-retrain = Қайта оқыту
button-rename = Атын өзгерту
button-delete = Жою
button-delete-for-good = Иә, біржола жою
button-forget = Иә, бәрін жою

## Consent

consent-terms =
    <b>Сәлеметсіз бе, { $name }!</b>
    Мен фотоларыңыздан аватар жасаймын: сіз фото жібересіз, ал мен сол арқылы жүзіңізді танитын модель оқытамын.

    { $credits ->
        [0] Бастамас бұрын шарттарды (/terms) және фотоларыңызға не болатынын (/privacy) оқып шығыңыз.
       *[other] Танысу құрметіне { $credits } кредит сыйлаймыз. Бастамас бұрын шарттарды (/terms) және фотоларыңызға не болатынын (/privacy) оқып шығыңыз.
    }
consent-photos =
    <b>Тағы бір маңызды жайт: адамдардың фотосы</b>
    Аватарды оқыту үшін мен фотодан адамның жүзін іздеймін және фотоларды оқыту сервисіне жіберемін. Мұны тек сіздің келісіміңізбен жасаймын.

    • Өзіңіздің немесе бұған келіскен адамның фотосын жіберіңіз.
    • Оқытуға арналған фотолар { $days } күннен кейін жойылады. /delete_me пәрмені бәрін бірден жояды.
    • Оларды басқа ешкім көрмейді.

## Main menu

home =
    <b>{ $name }, не істейміз?</b>
    Сізде { $credits } кредит бар.
home-held = Тағы { $credits } кредит бөлініп қойылған.

## Avatars

avatars = <b>Аватарларыңыз</b>
avatars-none =
    <b>Әзірге аватарыңыз жоқ</b>
    Алғашқысын жасап көріңіз: бірнеше фото мен бірнеше минут жеткілікті.
avatars-line-main = ★ { $name }
avatars-line-ready = { $name }
avatars-line-training = { $name } · оқытылып жатыр
avatars-line-draft = { $name } · әлі оқытылмаған
avatars-line-failed = { $name } · сәтсіз болды
avatar-title = <b>{ $name }</b>
avatar-facts =
    { $kind } · { $subject }
    Күйі: { $state }
    Фото саны: { $photos }
avatar-trainings = Оқыту саны: { $trainings }
avatar-pictures = Жасалған сурет: { $pictures }
avatar-spent = Жұмсалғаны: { $credits } кредит
avatar-is-main = Бұл — негізгі аватарыңыз.
avatar-state-draft = фото күтіп тұр
avatar-state-photos = фото жиналып жатыр
avatar-state-ready = оқытуға дайын
avatar-state-training = оқытылып жатыр
avatar-state-completed = дайын
avatar-state-failed = оқыту сәтсіз болды
avatar-state-cancelled = оқыту тоқтатылды
avatar-ask-name =
    <b>{ $name }: жаңа аты қандай болсын?</b>
    Атын жіберіңіз, ең көбі { $most } таңба.
avatar-ask-delete =
    <b>«{ $name }» аватары жойылсын ба?</b>
    Оның фотолары мен оқытылған моделі біржола жойылады. Оған жұмсалған кредиттер қайтарылмайды.

## A new avatar

kind-portrait = Портрет
kind-style = Стиль
subject-man = Ер адам
subject-woman = Әйел адам
subject-other = Басқа біреу немесе бір нәрсе
quality-fast = Жылдам
quality-balanced = Оңтайлы
quality-quality = Ең жоғары сапа
new-pick-kind =
    <b>Мен нені үйренейін?</b>
    <b>Портрет</b> адамның жүзін үйренеді, ал <b>стиль</b> — сурет мәнерін, затты немесе орынды.
new-read-portrait =
    <b>Портрет</b>
    Бір адамның жүзін үйренеді, сонда суреттегі адам өзіне ұқсап шығады.

    • { $min }–{ $max } фото, әрқайсысында бір ғана адам
    • қысқа жағы кемінде { $side } пиксель, бет кемінде { $face } пиксель
    • шамамен { $from }–{ $to } минут алады
    • бағасы { $credits } кредиттен басталады
new-read-style =
    <b>Стиль</b>
    Сурет салу мәнерін, затты немесе орынды үйренеді. Адамның жүзі керек емес.

    • { $min }–{ $max } фото немесе сурет
    • қысқа жағы кемінде { $side } пиксель
    • шамамен { $from }–{ $to } минут алады
    • бағасы { $credits } кредиттен басталады
new-compare = <b>Портрет пе, стиль ме?</b>
new-compare-portrait = <b>Портрет</b>: өзіңіз, жақындарыңыз, клиентіңіз. { $min }–{ $max } фото, { $from }–{ $to } минут. Екіойлы болсаңыз, осыны таңдаңыз.
new-compare-style = <b>Стиль</b>: бренд келбеті, тауар, интерьер. { $min }–{ $max } сурет, { $from }–{ $to } минут.
new-compare-closely = <b>Тармақтап салыстырайық</b>
new-best-for-portrait = Ең қолайлысы: портрет, профиль суреті, фотосессия
new-best-for-style = Ең қолайлысы: сурет салу мәнері, тауар, орын
rating-speed = жылдамдық
rating-portraits = портрет сапасы
rating-versatility = әмбебаптық
rating-simplicity = қарапайымдылық
new-price-line = { $quality }: { $credits } кредит
new-pick-subject =
    <b>Фотода кім немесе не бар?</b>
    Осыны білсем, суреттер дәлірек шығады.
new-ask-name =
    <b>Аватардың аты қандай болсын?</b>
    Атын жіберіңіз, ең көбі { $most } таңба. Оны тек өзіңіз көресіз.

## The photo desk

desk-empty-portrait =
    <b>{ $name }: фото жіберіңіз</b>
    Бір адамның { $min }–{ $max } фотосы: альбоммен немесе бір-бірлеп, фото немесе файл түрінде (JPEG, PNG, WebP).

    • әрқайсысында бір ғана адам, жарығы жақсы, бейнесі анық
    • күні, киімі мен орны әртүрлі
    • қысқа жағы кемінде { $side } пиксель

    Ақы төлегенге дейін әрқайсысын қарап шығамын.
desk-empty-style =
    <b>{ $name }: сурет жіберіңіз</b>
    Керекті стиль, зат немесе орын көрінетін { $min }–{ $max } сурет: альбоммен немесе бір-бірлеп, фото немесе файл түрінде (JPEG, PNG, WebP). Қысқа жағы кемінде { $side } пиксель болсын.

    Ақы төлегенге дейін әрқайсысын қарап шығамын.
desk-title = <b>{ $name }: фотолар</b>
desk-count = Оқытуға жарайтыны: { $usable } / { $count } (керегі: { $min }–{ $max })
desk-looking = Фотоларды қарап жатырмын: { $done } / { $count }…
desk-good = Жақсылары: { $numbers }
desk-numbers = № { $span }
desk-line-good = { $numbers }: жақсы
desk-line-waiting = { $numbers }: қарап жатырмын…
desk-line-doubtful = { $numbers }: жарайды, бірақ { $verdicts }
desk-line-bad = { $numbers }: <b>{ $verdicts }</b>
desk-lines-more = …және тағы { $count }.
desk-heic = HEIC туралы: iPhone-да «Параметрлер › Камера › Пішімдер › Ең үйлесімді» дегенді таңдаңыз немесе фото ретінде жіберіңіз.
desk-readiness = Дайындығы: <b>{ $score }</b> / 100
desk-more = Тағы жіберіңіз: кемінде { $min } жақсы фото керек.
desk-enough = Енді бастауға болады. Жақсы фото көбейген сайын, аватар да жақсара түседі.
desk-review = <b>Барлық фото</b>
desk-drop =
    <b>«{ $name }» қараламасы жойылсын ба?</b>
    { $count ->
        [0] Онда әлі фото жоқ.
        [1] Ондағы фото жойылады.
       *[other] Ондағы { $count } фото жойылады.
    } Ештеңе алынған жоқ.
verdict-not-a-picture = сурет ретінде ашылмайды
verdict-heic = HEIC, мұндай файлды аша алмаймын
verdict-broken = файл бүлінген
verdict-too-large = файл тым үлкен
verdict-gone = Telegram енді сақтамайды, қайта жіберіңіз
verdict-too-small = тым кішкентай
verdict-no-face = адамның жүзі көрінбейді
verdict-several-faces = бірнеше адам бар
verdict-face-too-small = бет тым ұсақ
verdict-duplicate = № { $number } фотомен бірдей
verdict-near-duplicate = № { $number } фотомен бірдей дерлік
verdict-blurred = бұлдыр
verdict-too-dark = тым қараңғы
verdict-too-bright = тым жарық

## Quality and price

order-pick-quality =
    <b>{ $name }: қандай сапа керек?</b>
    Сапа неғұрлым жоғары болса, оқыту соғұрлым ұзаққа созылады, ал ұқсастығы арта түседі. Баға кредитпен көрсетілген.
order-confirm =
    <b>{ $name }</b>
    { $kind } · { $quality }
    Фото саны: { $photos }
    Уақыты: шамамен { $from }–{ $to } минут

    Бағасы: <b>{ $credits } кредит</b>. Сізде { $have } бар, { $left } қалады.
    Кредиттер қазір бөлініп қойылады, ал аватар дайын болғанда ғана алынады. Сәтсіз болса, бәрі өзіңізге қайтады.
order-confirm-short =
    <b>{ $name }</b>
    { $kind } · { $quality }
    Фото саны: { $photos }

    Бағасы: <b>{ $credits } кредит</b>. Сізде { $have } бар, бұл жетпейді. Басқа сапаны таңдай аласыз; фотоларыңыз осында қала береді.

## The training

run-title = <b>{ $name }: оқыту жүріп жатыр</b>
run-pending = Фотоларыңызды жинақтап жатырмын.
run-processing = Оқыту сервисі жұмысқа кірісті.
run-uncertain = Оқытудың басталған-басталмағанын сервистен анықтап жатырмын. Кредиттеріңіз сақтаулы.
run-percent = { $bar } { $percent }%
run-queue = Кезектегі орны: { $place }
run-time = Әдетте бұл { $from }–{ $to } минут алады. Чатты жаба беріңіз: дайын болғанда өзім жазамын.
run-held = Бөлініп қойылғаны: { $credits } кредит.
run-cancel-asked = Тоқтатып жатырмын… Тоқтаған бойда жазамын.
run-ask-cancel =
    <b>{ $name }: оқыту тоқтатылсын ба?</b>
    Тоқтатылған оқыту үшін ештеңе алынбайды: { $credits } кредит өзіңізге қайтады. Егер ол осы арада аяқталып үлгерсе, аватарды аласыз, ал келісілген баға алынады. Фотоларыңыз сақталады.
run-succeeded =
    <b>{ $name }: аватар дайын</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит алынды.
    }
run-failed =
    <b>{ $name }: оқыту сәтсіз болды</b>
    { $reason }
    Қайтарылғаны: { $credits } кредит.
run-canceled =
    <b>{ $name }: оқыту тоқтатылды</b>
    Қайтарылғаны: { $credits } кредит.
fault-photos-unusable = Оқыту сервисі бұл фотоларды пайдалана алмады. Басқаларын байқап көріңіз: анық, әрқайсысында бір ғана адам болсын.
fault-content-rejected = Оқыту сервисінің ережелері мұндай фотоларға рұқсат бермейді.
fault-voice-gone = Бұл дауыс енді жоқ.
fault-text-too-long = Мәтін тым ұзын.
fault-sound-too-long = Жазба тым ұзын.
fault-sound-too-short = Жазба тым қысқа.
fault-provider-failed = Оқыту сервисінде ақау шықты, қайталап көру де көмектеспеді. Кейінірек байқап көріңіз.
fault-too-slow = Оқыту тым ұзаққа созылды, сондықтан оны тоқтаттым.
fault-result-broken = Нәтиже бүлініп келді. Қайта байқап көріңіз.
fault-uncertain = Сервистің жұмысты алған-алмағанын анықтай алмадым, сондықтан оқытуды тоқтаттым.
fault-provider-closed = Оқыту сервисі қазір жұмыс қабылдамайды. Бот иесіне хабарланды.
fault-ours = Біздің жақта бірдеңе бұзылды. Бот иесіне хабарланды.

## Balance

balance = <b>Сізде { $credits } кредит бар</b>
balance-held = Бөлініп қойылғаны: { $credits }
balance-nothing = Әзірге қозғалыс жоқ.
history-welcome = { $on }  <b>{ $amount }</b>  танысу сыйлығы
history-gift = { $on }  <b>{ $amount }</b>  { $about }
history-taken = { $on }  <b>{ $amount }</b>  қайтарып алынды: { $about }
history-training = { $on }  <b>{ $amount }</b>  оқыту: { $about }
history-training-held = { $on }  <b>{ $amount }</b>  оқытуға бөлінді: { $about }
history-pictures = { $on }  <b>{ $amount }</b>  суреттер: { $about }
history-pictures-held = { $on }  <b>{ $amount }</b>  суреттерге бөлінді: { $about }
history-expired = { $on }  <b>{ $amount }</b>  мерзімі өтті
history-other = { $on }  <b>{ $amount }</b>  { $about }

## Questions and answers

faq = <b>Не білгіңіз келеді?</b>
faq-photos-title = Қандай фото қолайлы?
faq-photos =
    <b>Қандай фото қолайлы?</b>
    Бір адамның әртүрлі күндері түсірілген он–жиырма фотосы: бетін жақыннан және белуарына дейін, тура алдынан және сәл қырынан. Анық, күндізгі жарықта, қара көзілдіріксіз, сүзгісіз және басқа адамдарсыз.

    Ақы төлегенге дейін әр фотоны қарап, кемшілігі болса айтамын.
faq-time-title = Қанша уақыт алады?
faq-time =
    <b>Қанша уақыт алады?</b>
    Портрет 3–15 минут, стиль 5–30 минут алады. Чатты жаба беріңіз: оқыту тоқтамайды, дайын болғанда өзім жазамын. Тым ұзаққа созылған оқыту тоқтатылып, кредиттер қайтарылады.
faq-money-title = Кредиттер қашан алынады?
faq-money =
    <b>Кредиттер қашан алынады?</b>
    «Бастау» немесе «Жасау» түймесін басқанда олар бөлініп қойылады, ал аватар не суреттер дайын болғанда алынады. Сәтсіз болса немесе өзіңіз тоқтатсаңыз, бәрі қайтарылады. Әр қозғалыс /balance бөлімінде көрінеді.
faq-privacy-title = Фотоларымды кім көреді?
faq-privacy =
    <b>Фотоларымды кім көреді?</b>
    Тек оқыту сервисі, басқа ешкім; сурет жасайтын студияға дайын аватар ғана беріледі. Оқытуға арналған фотолар { $days } күннен кейін жойылады. /delete_me пәрмені фотолар мен аватарларды бірден жояды да, сізге растау жібереді; сервис өз көшірмелерін үш күн ішінде өзі өшіреді.
faq-failed-title = Сәтсіз болды. Енді не істеймін?
faq-failed =
    <b>Сәтсіз болды. Енді не істеймін?</b>
    Себебі хабарламада айтылған. Көбіне мәселе фотода болады: күмәнділерін ауыстырып, қайта оқытып көріңіз. Сәтсіз оқыту үшін ештеңе алынбайды.
faq-payments-title = Төлем қалай жүреді?
faq-payments =
    <b>Төлем қалай жүреді?</b>
    Кредит /buy арқылы сатып алынады: картамен, СБП арқылы немесе Telegram жұлдыздарымен, осы бот қайсысын қабылдаса, сонымен. Олар өзі келеді, әдетте бір минуттың ішінде, ал басталған істі жалғастыра бересіз. Жоспар ай сайын кредит әкеледі және /plan бөлімінде бір батырмамен тоқтатылады. Сатып алынып, жұмсалмаған кредиттің ақшасын қайтаруға болады: /paysupport.
faq-flagged-title = Сурет тексеруден өтпесе ше?
faq-flagged =
    <b>Сурет тексеруден өтпесе ше?</b>
    Әр суретті қауіпсіздік тексеруі қарайды. Өтпеген сурет көрсетілмейді, ол үшін ештеңе алынбайды: кредиті бірден қайтады.

    Бір күнде мұндай сурет көп болса, сурет жасау ертеңге дейін тоқтайды.
faq-kept-title = Суреттер қанша сақталады?
faq-kept =
    <b>Суреттер қанша сақталады?</b>
    { $results ->
        [0] Суреттер өзіңіз жойғанша сақталады.
       *[other] Суреттер { $results } күн сақталады. Жойылар алдында ескертемін.
    } Таңдаулылар мерзімсіз қалады: ұнағанын галереяда жұлдызшамен белгілеңіз. Ақысы төленгеннің бәрін, түпнұсқаларды да, қайта тегін алуға болады.
faq-repeat-title = «Қайталау» мен «Ұқсастары» не істейді?
faq-repeat =
    <b>«Қайталау» мен «Ұқсастары» не істейді?</b>
    «Қайталау» сол баптаулармен жаңа сурет жасайды: стилі мен сөзі сол, ал нәтижесі әр жолы басқа. «Ұқсастары» дайын бір суретке сүйенеді: тұрысы мен кадры соған жақын болады. «Өзгерту» де содан басталады, бірақ сипаттағаныңызды өзгертеді.
faq-refunds-title = Кредит қай кезде қайтады?
faq-refunds =
    <b>Кредит қай кезде қайтады?</b>
    Алмағаныңыздың бәрі үшін қайтады. Төрт суреттің үшеуі шықса, үшеуі үшін ғана алынады. Біреуі де шықпаса немесе уақытында тоқтатсаңыз, бәрі қайтарылады. Әр қозғалыс /balance бөлімінде көрінеді.

## Papers

paper-terms =
    <b>Шарттар қысқаша</b>
    • Тек өзіңіздің немесе бұған келіскен адамдардың фотосын жіберіңіз. Балалардың, бейтаныс немесе атақты адамдардың фотосын жібермеңіз.
    • Аватарлар — сіздікі. Оларды біреуді алдау немесе ренжіту үшін пайдаланбаңыз.
    • Кредит — жұмыстың ақысы. Орындалмаған жұмыс үшін ештеңе алынбайды.
    • Заңды немесе оқыту сервисінің ережелерін бұзатын фотоларды қабылдамауымыз мүмкін.
paper-privacy =
    <b>Фотоларыңыз бен деректеріңіз</b>
    • Біз Telegram-дағы атыңыз бен ID нөміріңізді, фотоларыңызды, аватарларыңызды, суреттеріңізді және кредиттер тарихын сақтаймыз.
    • Фотолар оқыту сервисіне тек аватарыңызды оқыту үшін, камера жазып қоятын орны мен уақытынсыз жіберіледі.
    • Оқытуға арналған фотолар { $days } күннен кейін жойылады.
    • Суреттерді студия жасайды: оған тек аватарыңыз бен сөзіңіз, ал өңдеу үшін сол мақсатпен жіберген фотоңыз беріледі. Сипаттау үшін жіберген фотоны оны сипаттайтын сервис көреді.
    • { $results ->
        [0] Суреттер өзіңіз жойғанша сақталады.
       *[other] Суреттер { $results } күн сақталады, таңдаулылар — мерзімсіз.
    }
    • /delete_me пәрмені осының бәрін жояды. Кредиттер жазбасы қалады, бірақ атыңызсыз.
paper-pay-support =
    <b>Төлем бойынша көмек</b>
    Кредиттердің барлық қозғалысы /balance бөлімінде көрінеді. Төлем әдетте бір минуттың ішінде келеді. Келмесе, тапсырыс астындағы «Төлеп қойдым» батырмасын басыңыз немесе осы боттың иесіне жазып, күні мен сомасын көрсетіңіз.

    • Сатып алынып, әлі жұмсалмаған кредиттің ақшасы төлем жасалған жерге қайтарылады.
    • Жұмсалған кредиттің ақшасы қайтарылмайды: оның жұмысы орындалған. Ал сәтсіз болған жұмыс үшін кредит онсыз да алынбайды.
    • Сыйлықтар мен бонустар ақшаға айырбасталмайды.
    • Жоспар бір батырмамен тоқтатылады: /plan.

    Боттардағы сатып алу бойынша, тіпті жұлдызбен төлесеңіз де, Telegram-ның өз қолдауы көмектесе алмайды: бізге жазыңыз.

## Deleting everything

forget-ask =
    <b>Сіз туралы бәрі жойылсын ба?</b>
    Фотолар, аватарлар және оқытылған модельдер біржола жойылады; оқыту сервисі өз көшірмелерін үш күн ішінде өзі өшіреді. Жүріп жатқан оқыту тоқтатылады. { $credits ->
        [0] Сізде кредит қалмаған.
       *[other] { $credits } кредитіңіз күйіп кетеді.
    } Бәрі жойылғанда растау аласыз.
forget-begun = Сіз туралы бәрін жойып жатырмын. Аяқтағанда растау жіберемін.

## News

news-welcomed = Қош келдіңіз! Сізге { $credits } кредит сыйлаймыз.
news-language-changed = Енді қазақша сөйлесеміз.
news-photos-removed = { $count ->
    [0] Алып тастайтын ештеңе жоқ.
   *[other] { $count } фото алып тасталды.
}
news-renamed = Аты өзгертілді.
news-main-chosen = Енді бұл — негізгі аватарыңыз.
news-avatar-deleted = Жойылды.
news-avatar-ready =
    <b>{ $name }: аватар дайын!</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит алынды.
    }
news-training-failed =
    <b>{ $name }: оқыту сәтсіз болды</b>
    { $reason }
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
news-training-canceled =
    <b>{ $name }: оқыту тоқтатылды</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
news-forgotten =
    <b>Растау: деректеріңіз жойылды</b>
    Күні: { $on }
    Аватар: { $avatars }
    Фото: { $photos }

    Кредиттер жазбасы атыңызсыз сақталады. Қайта бастау үшін /start жіберіңіз.
news-granted = Сізге { $credits } кредит берілді: { $reason }
news-broken = Біздің жақта бірдеңе бұзылып, мұны орындай алмадым. Ештеңе алынған жоқ. Қайта байқап көріңіз; тағы қайталанса, бот иесіне мына нөмірді айтыңыз: { $number }.
news-later = Қазір болмай тұр: бізде уақытша ақау бар. Ештеңе алынған жоқ, жібергеніңіз жоғалмайды. (Нөмірі { $number })

## Short notices

notice-old-button = Бұл мәзір ескірген. Міне, қазіргісі.
notice-use-buttons = Төмендегі түймелерді пайдаланыңыз.
notice-unknown-command = Мұндай пәрменді білмеймін. Біз қазір осындамыз:
notice-photo-where = Алдымен аватар жасаңыз: сонда фото сұраймын.
notice-not-here = Мұнда бұл керек емес. Біз қазір осындамыз:
notice-cancelled = Жақсы, тоқтаттық. Ештеңе алынған жоқ.
notice-nothing-to-cancel = Тоқтататын ештеңе жоқ.
notice-name-empty = Атында кемінде бір көрінетін таңба болсын.
notice-name-long = Аты тым ұзын: ең көбі { $most } таңба болсын.
notice-name-first = Алдымен атын жіберіңіз. Содан кейін фотоларды.
notice-send-photos = Фотоларды осында жіберіңіз: альбоммен, бір-бірлеп немесе файл түрінде.
notice-video-not-photo = Бұл — видео, ал маған фото керек.
notice-file-not-photo = Бұл файл фото емес. Маған JPEG, PNG немесе WebP керек.
notice-file-large = Бұл файл 20 МБ-тан үлкен, мұндайды Telegram маған бермейді. Фото ретінде немесе кішірейтіп жіберіңіз.
notice-draft-kept = Қаралама сақталды. Оны мәзірден табасыз.
notice-training-runs = Оқыту жүріп жатыр. Дайын болғанда өзім жазамын.
notice-unsure = Бір хабарламам жетпей қалуы мүмкін. Ондағының бәрі осында бар.

## Refusals

refusal-avatar-gone = Бұл аватар енді жоқ.
refusal-avatars-too-many = Аватар саны шегіне жетті: { $most }. Орын босату үшін біреуін жойыңыз.
refusal-being-forgotten = Сіз туралы деректер әлі өшіріліп жатыр. Сәл күте тұрыңыз: растау келеді.
refusal-nothing-to-cancel = Тоқтататын ештеңе жоқ: бәрі аяқталып қойған.
refusal-photo-gone = Бұл фото енді жоқ.
refusal-photos-still-checked = Әлі { $left } фотоны қарап жатырмын. Бір сәт күтіңіз.
refusal-photos-too-few = Жарайтын фото саны: { $have }, ал кемінде { $need } керек.
refusal-photos-too-many = Фото саны шегіне жетті: { $most }. Басқасын жіберу үшін кейбірін алып тастаңыз.
refusal-product-paused = Бұл қазір қолжетімсіз. Ештеңе алынған жоқ.
refusal-quote-expired = Бұл баға ескірген, сондықтан қайта таңдаңыз.
refusal-short-of-credits = Бұл { $need } кредит тұрады, ал сізде { $have } бар. Ештеңе алынған жоқ.
refusal-terms-not-accepted = Алдымен шарттарды қабылдаңыз.
refusal-training-runs = Бұл аватар оқытылып жатыр.

## Money

money-kzt = { $amount } ₸
money-rub = { $amount } ₽
money-stars = { $count ->
   *[other] { $amount } Telegram жұлдызы
}
news-order-left = Тапсырыс тоқтатылды. Сізден ақша алынған жоқ.
news-order-checked = Төлемді тексеріп жатырмын. Әдетте бірнеше секунд кетеді.
news-paid = { $money } төлемі келді. Балансқа қосылды: { $credits } кредит.
news-not-paid = Төлем өтпеді: { $reason } Ақша алынған жоқ. Қайталап көруге немесе басқа тәсілді таңдауға болады.
news-payment-parked = { $money } келді, бірақ қай тапсырысқа екенін бірден анықтай алмадық. Ақша жоғалмайды: қолдау қызметі қарап, сізге жазады. Жылдамырақ болуы үшін: /paysupport.
news-refunded = { $money } қайтарылды. Баланстан алынды: { $taken } кредит. Ақша төлем жасалған жерге қайтады; банкке бірнеше күн керек болуы мүмкін.
news-plan-started = «{ $plan }» жоспары қосылды. Төленген мерзімі: { $until }.
news-plan-renewed = «{ $plan }» жоспары ұзартылды, мерзімі: { $until }. Балансқа қосылды: { $credits } кредит.
news-plan-renews = { $on } күні «{ $plan }» жоспарын ұзартамыз, алынатын сома: { $money }. Бір батырмамен тоқтатуға болады: /balance → «Менің жоспарым».
news-plan-unpaid = «{ $plan }» жоспарын ұзарту мүмкін болмады: { $reason } Қайта байқап көретін күн: { $on }.
news-plan-unpaid-last = «{ $plan }» жоспарын ұзарту мүмкін болмады: { $reason } Енді қайталамаймыз. Жиналған кредиттер өзіңізде қалады.
news-plan-stopped = Жоспар енді ұзартылмайды. Қолданылатын мерзімі: { $until }, кредиттер өзіңізде қалады.
news-plan-kept = Жақсы, жоспар қалады. Ұзартылатын күні: { $until }.
news-plan-ended = «{ $plan }» жоспары аяқталды. Кредиттер өзіңізде қалады. Кез келген уақытта қайта қосуға болады.
news-card-unlinked = Карта ажыратылды. Одан енді ештеңе алынбайды.
news-promo-credits = Промокод қабылданды. Балансқа қосылды: { $credits } кредит.
news-promo-bonus = Промокод қабылданды: келесі пакетке { $percent } % кредит қосамыз.
news-promo-discount = Промокод қабылданды: келесі пакет { $percent } % арзан.
news-promo-plan = Промокод қабылданды: «{ $plan }» жоспары { $days } күн бойы қосулы. Өзі ұзартылмайды.
news-gift-made = Сыйлық дайын. Сілтемені досыңызға жіберіңіз: кім бірінші ашса, кредит соған тиеді.
news-gift-taken-back = Сыйлық тоқтатылды, кредиттер қайтты: { $credits } кредит.
news-gift-opened = Сізге сыйлық! Балансқа қосылды: { $credits } кредит.
news-gift-received = Сыйлығыңызды ашты: досыңызға { $credits } кредит тиді.
news-gift-returned = Сыйлықты ешкім ашпады, кредиттер сізге қайтты: { $credits } кредит.
news-rewarded-inviter = Досыңыз алғаш рет сатып алды. Шақырғаныңызға рақмет! Балансқа қосылды: { $credits } кредит.
news-rewarded-invited = Шақыру бойынша алғашқы сатып алуға сыйлық: { $credits } кредит.
news-contact-kept = Есте сақтадым. Чектер осында келеді.
declined-no-money = ақша жетпеді немесе лимитке тірелді.
declined-card-wrong = карта деректері сәйкес келмеді немесе банк растау алмады.
declined-bank = банк төлемнен бас тартты.
declined-not-confirmed = төлем бетінің уақыты бітті.
declined-revoked = ақша алуға рұқсат қайтарып алынды.
declined-called-off = төлем тоқтатылды.
declined-other = төлем жүйесі себебін айтпады.
refusal-contact-needed = Чек үшін пошта мекенжайы керек. Бір рет қана сұраймыз.
refusal-contact-wrong = Бұл пошта мекенжайына не телефон нөміріне ұқсамайды. Мысалы: anna@mail.kz
refusal-gift-gone = Бұл сыйлық ашылып қойған немесе мерзімі өткен.
refusal-gift-own = Бұл өз сыйлығыңыз. Сілтемені досыңызға жіберіңіз.
refusal-gifts-after-purchase = Кредитті алғаш сатып алғаннан кейін сыйлауға болады.
refusal-order-gone = Бұл тапсырыс енді жоқ.
refusal-pack-gone = Бұл пакет енді сатылмайды. Ештеңе алынған жоқ.
refusal-method-off = Бұл төлем тәсілі қазір қолжетімсіз. Басқасын таңдаңызшы.
refusal-no-plan = Қазір жоспарыңыз жоқ.
refusal-not-an-owner = Мұны тек бот иелері істей алады.
refusal-nothing-to-refund = Қайтаратын ештеңе жоқ: бұл төлемнің кредиттері жұмсалған немесе ақша қайтарылған.
refusal-plan-runs = Жоспарыңыз бар. Оны баланстан көресіз.
refusal-promo-ended = Бұл промокодтың мерзімі өткен.
refusal-promo-entered = Бұл промокодты бұрын енгізгенсіз.
refusal-promo-unknown = Мұндай промокод жоқ. Қате жоқ па, тексеріп көріңізші.
refusal-promo-used-up = Бұл промокод таусылып қалды.
refusal-too-many-tries = Әрекет тым көп болды. Бір сағаттан соң қайталап көріңізші.
refusal-user-gone = Мұндай клиент жоқ.
refusal-gift-too-small = Ең аз сыйлық: { $least } кредит.
refusal-gifts-too-many = Ашылмаған сыйлықтар саны: { $most }. Жаңасын жасау үшін біреуін тоқтатыңыз.
history-bought = { $on }  <b>{ $amount }</b>  { $about } төлемі
history-on-top = { $on }  <b>{ $amount }</b>  төлемге бонус
history-promo = { $on }  <b>{ $amount }</b>  промокод
history-reward = { $on }  <b>{ $amount }</b>  шақыру сыйлығы
history-friends-gift = { $on }  <b>{ $amount }</b>  достан сыйлық
history-given = { $on }  <b>{ $amount }</b>  досқа сыйлық
history-given-held = { $on }  <b>{ $amount }</b>  сыйлыққа бөлінді
history-refunded = { $on }  <b>{ $amount }</b>  ақша қайтарылды
history-refund-held = { $on }  <b>{ $amount }</b>  қайтаруға бөлінді
button-top-up = Толтыру
button-plans = Жоспарлар
button-my-plan = Менің жоспарым
button-pack = { $amount } · { $money }
button-plan = { $plan } · { $money }
button-method-card = Картамен · { $money }
button-method-sbp = СБП · { $money }
button-method-stars = { $money }
button-pay = Төлеу: { $money }
button-check-order = Төлеп қойдым
button-leave-order = Тапсырысты тоқтату
button-order-again = Қайта тапсырыс беру
button-resume = Басталған істі жалғастыру
button-agree-plan = Келісемін, төлеу: { $money }
button-ask-stop-plan = Жоспарды тоқтату
button-stop-plan = Иә, тоқтату
button-keep-plan = Жоспарды қалдыру
button-ask-unlink = Картаны ажырату
button-unlink-card = Иә, ажырату
pack-credits = { $amount } { $count ->
   *[other] кредит
}
paid-by-card = { $money }, картамен
paid-by-sbp = { $money }, СБП арқылы
paid-by-stars = { $money }
shop =
    <b>Қанша кредит қосамыз?</b>
    Қазір сізде { $credits } кредит бар.
shop-line = • { $what }: { $price }
shop-line-best = • <b>{ $what }</b>: { $price } (ең тиімдісі)
shop-price-cut = <s>{ $old }</s> { $new }
shop-price-or = { $first } немесе { $second }
order-top-up = Немесе балансты толтырыңыз: бұл тапсырыс күтіп тұрады да, содан кейін жалғасады.
shop-deal-discount = { $code } промокоды: { $percent } % жеңілдік.
shop-deal-bonus = { $code } промокоды: { $percent } % артық кредит, төменде есептелген.
shop-method =
    <b>{ $what }</b>
    { $price }

    Қалай төлейсіз? Баға бір сағат бойы өзгермейді. Төлесеңіз, шарттарды қабылдайсыз: /terms. Сатып алынып, жұмсалмаған кредиттің ақшасын қайтарып алуға болады: /paysupport.
contact-ask =
    <b>Чекті қайда жіберейін?</b>
    Пошта мекенжайын немесе телефон нөмірін жіберіңіз. Ол тек чек үшін керек, бір рет қана сұраймын.
pay-plan = «{ $plan }» жоспары: { $credits }
pay-open =
    <b>{ $what }</b>
    Төленетін сома: { $how }
pay-link-soon = Бір сәт: төлемді дайындап жатырмын.
pay-link = Төмендегі батырмамен төлеңіз. Кредиттер өзі келеді, әдетте бір минуттың ішінде.
pay-paid =
    <b>Төленді: { $money }</b>
    Қосылды: { $credits }. Енді сізде { $have } бар.
pay-declined =
    <b>Төлем өтпеді</b>
    { $what }, { $money }: { $reason }
    Ақша алынған жоқ. Қайта байқап көруге немесе басқа тәсілді таңдауға болады.
pay-expired =
    <b>Бұл тапсырыс жабылды</b>
    { $what }, { $money }: төлем келмеді. Ақша кейін келсе, кредиттер де келеді.
pay-refunded =
    <b>Ақша қайтарылды</b>
    { $what }: { $money } төлем жасалған жерге қайтты. Банкке бірнеше күн керек болуы мүмкін.
plans = <b>Жоспарлар: ай сайын кредит, арзанырақ</b>
plans-title = <b>{ $plan }</b>
plans-title-best = <b>{ $plan }</b> (ең тиімдісі)
plans-credits = • { $days } күн сайын { $credits }
plans-priority = • тапсырмаларыңыз бірінші орындалады
plans-discount = • суреттер { $percent } % арзан
plans-price = { $days } күн үшін { $price }
plans-method = Қалай төлейсіз? Ақша алынбас бұрын бәрін тағы бір рет көрсетемін.
plans-confirm =
    <b>«{ $plan }» жоспары</b>
    Қазір: { $how }. Сізге { $credits } беріледі.
    Әрі қарай: тоқтатқанша { $days } күн сайын { $money } өзі алынады. Келесі төлем күні: <b>{ $next }</b>.

    Кез келген уақытта бір батырмамен тоқтатуға болады: /plan. Төленгені өзіңізде қалады. Әр төлемнің алдында ескертемін. Келіссеңіз, шарттарды қабылдайсыз: /terms.
my-plan = <b>«{ $plan }» жоспары</b>
my-plan-brings = Әр жолы { $credits } әкеледі.
my-plan-none = Қазір жоспарыңыз жоқ.
my-plan-active = Төленген мерзімі: { $until }. Сол күні { $money } алынып, жоспар ұзартылады.
my-plan-stopping = { $until } күніне дейін жарайды, одан әрі ұзартылмайды. Ештеңе алынбайды, кредиттер өзіңізде қалады.
my-plan-unpaid = Төленген мерзімі: { $until }. { $money } алу мүмкін болмады, қайта байқап көремін.
my-plan-card = Төлем тәсілі: { $card }
my-plan-ask-stop =
    <b>«{ $plan }» жоспары тоқтатылсын ба?</b>
    Енді ештеңе алынбайды. Ол { $until } күніне дейін жарайды, кредиттер өзіңізде қалады.
my-plan-ask-unlink =
    <b>{ $card }: ажыратылсын ба?</b>
    Осы сәттен бастап одан ештеңе алынбайды. «{ $plan }» жоспары { $until } күніне дейін жарайды, одан әрі ұзартылмайды.
button-promo = Промокод
button-invite = Дос шақыру
button-gift-credits = Кредит сыйлау
button-share = Досқа жіберу
button-gift = { $credits } сыйлық, мерзімі: { $until }
button-give = Сыйлау: { $credits } кредит
button-take-back = Сыйлықты тоқтату
notice-promo-text = Кодты мәтінмен жіберіңіз.
notice-number-wrong = Бүтін сан жіберіңіз, мысалы 150.
notice-gift-large = Өзіңізде барынан артық сыйлай алмайсыз: { $have }.
promo-ask =
    <b>Промокод</b>
    Кодты хабарламамен жіберіңіз.
invite = <b>Дос шақырыңыз</b>
invite-reward = Досыңыз сілтемеңізбен келіп, алғаш рет төлегенде:
invite-reward-own = • сізге { $credits } кредит
invite-reward-friend = • досыңызға { $credits } кредит
invite-link = Сілтемеңіз: <code>{ $link }</code>
invite-numbers =
    Келгені: { $joined }
    Төлегені: { $paid }
    Жиналғаны: { $earned } кредит
invite-words = { $credits ->
    [0] Мен осында фотодан аватар жасаймын. Кіріп көр!
   *[other] Мен осында фотодан аватар жасаймын. Алғашқы сатып алуға тағы { $credits } кредит беріледі.
}
gift =
    <b>Досқа кредит сыйлау</b>
    Сізде { $have } кредит бар. Қанша сыйлайтыныңызды таңдаңыз немесе сан жіберіңіз. Сізге сілтеме беремін; кім бірінші ашса, кредит соған тиеді.
gift-list = Бұрын сыйланғандар:
gift-line-open = • { $credits }: { $until } дейін күтеді
gift-line-opened = • { $credits }: ашылды
gift-line-returned = • { $credits }: сізге қайтты
gift-confirm =
    <b>{ $credits } кредит сыйлаймыз ба?</b>
    Олар қазір бөлініп қойылады, сізде { $left } қалады. Сілтемені уақытында ешкім ашпаса, кредит қайтады. Сыйлық ашылғанша, оны тоқтатуға болады.
gift-open =
    <b>Сыйлығыңыз: { $credits } кредит</b>
    <code>{ $link }</code>

    Кім бірінші ашса, кредит соған тиеді. Сыйлықтың мерзімі: { $until }. Содан кейін кредит сізге қайтады.
gift-opened = Сыйлығыңыз ашылды: { $credits } кредит досыңызға тиді.
gift-returned = Бұл сыйлық өзіңізге қайтты: { $credits } кредит.
gift-words = Саған сыйлық: { $credits } кредит. Біреу бұрын ашпай тұрғанда, өзің аш.
button-admin-numbers = Сандар
button-admin-find = Клиентті табу
button-admin-open = { $name } · { $id }
button-admin-grant = Кредит беру
button-admin-take = Кредит алу
button-admin-chain = Бүкіл тізбек
button-admin-ban = Бұғаттау
button-admin-unban = Бұғаттан шығару
button-admin-refund = Қайтару: { $money }, { $on }
button-admin-do = Иә, орындау
notice-reason-wrong = Себебі 1–200 таңба болсын.
admin =
    <b>Иелерге арналған</b>
    Сандарды қараңыз немесе клиенттің @атын, Telegram ID, біздің ID, тапсырыс ID не есімін жіберіңіз.
admin-numbers-title = <b>Сандар</b>
admin-numbers =
    <b>{ $days ->
        [1] Бүгін
       *[other] { $days } күн
    }</b>
    Жаңа: { $new }, белсенді: { $active }, төлегені: { $payers }
    Түсім: { $revenue }
    Жұмсалған кредит: { $spent }
    Шығын: ${ $cost }
admin-margin = Маржа: { $percent } %
admin-find =
    <b>Клиентті табу</b>
    Оның @атын, Telegram ID, біздің ID, тапсырыс ID не есімін жіберіңіз.
admin-found = «{ $query }» бойынша табылғандар:
admin-found-none = «{ $query }» бойынша ешкім табылмады. Басқасын жіберіп көріңіз.
admin-customer =
    <b>{ $name }</b>
    <code>{ $id }</code>
    Telegram: <code>{ $telegram }</code>
    Келген күні: { $since }
    Кредит: { $credits }, бөлінгені: { $held }
    Аватар: { $avatars }
admin-banned = <b>Бұғатталған.</b>
admin-payment = • { $on }  { $money }, { $method }
admin-payment-refunded = • { $on }  { $money }, { $method }; қайтарылды: { $refunded }
admin-payment-parked = • { $on }  { $money }, { $method }; <b>тапсырысы табылмады</b>
admin-chain = <b>{ $name }: бүкіл тізбек</b>
admin-chain-more = …және тағы { $count }. Толығы: atelier explain.
admin-ask-ban = <b>{ $name } бұғатталсын ба?</b> Бот бұл адамға жауап бермейді.
admin-ask-unban = <b>{ $name } бұғаттан шығарылсын ба?</b> Бот қайта жауап береді.
admin-ask-grant =
    <b>{ $name }: қанша кредит береміз?</b>
    Қазір: { $have }. Таңдаңыз немесе сан жіберіңіз.
admin-ask-take =
    <b>{ $name }: қанша кредит аламыз?</b>
    Қазір: { $have }. Таңдаңыз немесе сан жіберіңіз.
admin-ask-reason = Енді себебін жіберіңіз. Оны клиент көруі мүмкін.
admin-reason = Себебі: { $reason }
admin-grant = <b>{ $name }</b>: { $credits } кредит беру.
admin-take = <b>{ $name }</b>: { $credits } кредит алу.
admin-refund = <b>{ $name }</b>: { $money } қайтару (жұмсалмаған бөлігі).
invoice-pack = { $credits ->
   *[other] { $credits } кредит
}
invoice-plan = { $plan }: { $credits } кредит
checkout-unknown = Бұл шот енді жарамсыз. Пакетті қайта таңдаңызшы.
checkout-not-yours = Бұл шот басқа адамға шығарылған.
checkout-paid = Бұл шот төленіп қойған.
checkout-over = Бұл шоттың уақыты өтті. Пакетті қайта таңдаңызшы.
checkout-later = Қазір болмай тұр. Бір минуттан соң қайталаңызшы, ақша алынған жоқ.
owners-summary =
    { $bot }, { $on }
    Жаңа: { $new }, төледі: { $payers }
    Түсім: { $revenue }, қайтарылды: { $refunds }
    Жұмсалған кредит: { $spent }, провайдерлер: ${ $cost }
    Назар аударуды қажет етеді: { $open }

## Pictures

news-pictures-ready =
    <b>{ $made ->
        [0] Бұл жолы сурет шықпады
       *[other] { $made } сурет дайын
    }</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит алынды.
    }
pictures-withheld = { $count } сурет қауіпсіздік тексеруінен өтпеді, ол үшін ештеңе алынбайды.
news-pictures-failed =
    <b>Суреттер шықпады</b>
    { $reason }
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
news-pictures-canceled =
    <b>Тоқтатылды: сурет жасалмайды</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
news-pictures-sent = { $count ->
    [1] Міне, суретіңіз.
   *[other] Міне, суреттеріңіз.
}
news-originals-sent = { $count ->
    [1] Міне, түпнұсқасы: толық сападағы файл.
   *[other] Міне, түпнұсқалары: толық сападағы файлдар.
}
news-sending-pictures = Жіберіп жатырмын…
news-favoured = Енді таңдаулыда. Мұндай суреттер мерзімсіз сақталады.
news-not-favoured = Таңдаулыдан алынды.
news-pictures-deleted = { $count ->
    [0] Жоятын ештеңе жоқ.
   *[other] { $count } сурет жойылды.
}
news-pictures-expire = { $on } күні { $count } сурет жойылады: сақтау мерзімі аяқталып келеді. Қалдырғыңыз келгенін таңдаулыға қосыңыз: /gallery.
news-hint-asked = Қарап жатырмын… Бірнеше секунд кетеді.
news-hint-ready = Міне, не шықты: <i>{ $words }</i>
news-hint-unusable = Бұл фотоны сипаттай алмадым. Басқасын жіберіңіз немесе өзіңіз жазыңыз.
news-hint-failed = Қазір сөз таба алмадым. Сәл кейінірек байқап көріңіз немесе өзіңіз жазыңыз.
news-packing-begun = Архив жинап жатырмын, ондағы сурет саны: { $count }. Дайын болғанда осында жіберемін.
news-packed = Архив дайын. Ондағы сурет саны: { $count }.
news-packed-link =
    Архив дайын. Ондағы сурет саны: { $count }.
    Ол чат үшін тым үлкен, мына сілтемеден жүктеп алыңыз: { $link }
news-packing-failed = Архив жинау мүмкін болмады. Суреттеріңіз орнында; қайта байқап көріңіз.
picture-fault-photos-unusable = Негізге алынған сурет жарамады. Басқасын алып көріңіз.
picture-fault-content-rejected = Студияның ережелері бұған рұқсат бермейді. Басқаша сипаттап көріңіз.
picture-fault-voice-gone = Бұл дауыс енді жоқ.
picture-fault-text-too-long = Сөз тым көп. Қысқартыңызшы.
picture-fault-sound-too-long = Жазба тым ұзын.
picture-fault-sound-too-short = Жазба тым қысқа.
picture-fault-provider-failed = Сурет жасайтын студияда ақау шықты, қайталап көру де көмектеспеді. Кейінірек байқап көріңіз.
picture-fault-too-slow = Суреттер тым ұзақ жасалды, сондықтан жұмысты тоқтаттым.
picture-fault-result-broken = Суреттер бүлініп келді. Қайта байқап көріңіз.
picture-fault-uncertain = Студияның жұмысты алған-алмағанын анықтай алмадым, сондықтан бәрін тоқтаттым.
picture-fault-provider-closed = Студия қазір жұмыс қабылдамайды. Бот иесіне хабарланды.
picture-fault-ours = Біздің жақта бірдеңе бұзылды. Бот иесіне хабарланды.
refusal-avatar-not-ready = Бұл аватар әлі оқытылмаған, сондықтан онымен әзірге ештеңе жасай алмаймын.
refusal-generation-gone = Бұл тапсырыс енді жоқ.
refusal-photo-too-large = Бұл фото 20 МБ-тан үлкен, мұндайды Telegram маған бермейді. Кішірегін жіберіңіз.
refusal-picture-gone = Бұл сурет енді жоқ.
refusal-pictures-too-many = Бір жолы ең көбі { $most } сурет таңдауға болады.
refusal-pictures-under-way = Қазір { $most } тапсырыс орындалып жатыр. Біреуі аяқталғанша күте тұрыңыз.
refusal-rests-today = Соңғы тәулікте суреттеріңіздің тым көбі тексеруден өтпеді, сондықтан сурет жасау әзірге тоқтатылды. Кредит алынған жоқ; ертең қайталап көріңіз.
refusal-style-gone = Бұл стиль енді жоқ. Басқасын таңдаңызшы.
refusal-words-empty = Суретте не болатыны туралы кемінде бір-екі сөз жазыңыз.
refusal-words-too-long = Бұл тым ұзын: ең көбі { $most } таңба.
button-make-pictures = Сурет жасау
button-gallery = Галерея
button-watch-making = Жасалып жатыр: { $name }, { $count }
button-own-words = Өз сөзіммен
button-from-photo = Фото бойынша
button-other-avatar = Басқа аватар
button-add-words = Өз сөзімді қосу
button-change-words = Сөзді өзгерту
button-no-words = Өз сөзімсіз
button-improve-words = Сөзді жақсарту
button-undo-words = Бұрынғы сөзді қайтару
button-use-words = Осы сөзді алу
button-picture-model = { $model } · { $credits }
button-chosen = ✓ { $label }
button-make = Жасау: { $credits } кредит
button-stop-making = Тоқтату
button-cancel-making = Иә, тоқтату
button-open-results = Көру
button-repeat = Қайталау
button-vary = Ұқсастары
button-change = Өзгерту
button-make-more = Тағы жасау
button-original = Түпнұсқасы, файл
button-originals = Түпнұсқалары, файл
button-show-again = Қайта жіберу
button-favourite = ☆ Таңдаулыға қосу
button-not-favourite = ★ Таңдаулыда
button-favourite-of = ☆ { $number }
button-not-favourite-of = ★ { $number }
button-newer = ‹ Жаңарақ
button-older = Ертерек ›
button-newest = Ең жаңаларына
button-filter = Сүзгі
button-everything = Бәрін көрсету
button-select = Бірнешеуін таңдау
button-period-all = Бәрі
button-period-today = Бүгін
button-period-week = 7 күн
button-period-month = 30 күн
button-only-favourites = Тек таңдаулы
button-every-avatar = Барлық аватар
button-every-product = Бәрі
button-clear-filter = Сүзгіні алу
button-show = Көрсету: { $count }
button-all-here = Осы беттегінің бәрі
button-delete-chosen = Жою: { $count }
button-zip = ZIP архив: { $count }
notice-making-runs = Суреттер жасалып жатыр. Дайын болғанда осында жіберемін.
notice-photo-no-use = Мұнда фото керек емес. Фото бойынша сурет жасау үшін /pictures ашып, «Фото бойынша» дегенді басыңыз, ал фотоны өңдеу үшін — /edit.
notice-hints-over = Бүгінге сөз бойынша көмек бітті. Өз сөзіңізбен жазыңыз, ертең қайта көмектесемін.
notice-words-long = Бұл { $count } таңба, ал ең көбі { $most } болады. Сәл қысқартыңызшы.
notice-price-anew = Ол баға ескірген. Міне, сол тапсырыс бүгінгі бағамен.
create =
    <b>{ $name }: суретте не болсын?</b>
    Стильді таңдаңыз немесе не көргіңіз келетінін жаза салыңыз.
create-no-avatar =
    <b>Алдымен аватар керек</b>
    Суретті оқытылған аватармен жасаймын, ал ондай аватар әзірге жоқ. Жасап көріңіз: бірнеше фото жеткілікті. Егер оқытылып жатса, сәл күте тұрыңыз.
create-pick-avatar = <b>Қай аватармен жасаймыз?</b>
create-category =
    <b>{ $category }</b>
    Қай стильді байқап көреміз? Аватар: { $name }
create-style =
    <b>{ $style }</b>
    { $about }

    Сол күйінде алуға немесе өзіңізден қосуға болады: жаза салыңыз.
create-photo =
    <b>Фото бойынша сурет</b>
    Алғыңыз келетін суретке ұқсас фото жіберіңіз. Мен оны сөзбен сипаттаймын, ондағы адамның орнында аватарыңыз болады. Сөзін кейін түзетуге болады.
create-photo-looking = Фотоны қарап жатырмын… Бірнеше секунд кетеді.
create-photo-found =
    <b>Фотода мынау бар</b>
    <code>{ $words }</code>

    Осы сөзді алыңыз, өз нұсқаңызды немесе басқа фото жіберіңіз.
preset-category-art = Өнер
preset-category-background = Фон
preset-category-beard = Сақал-мұрт
preset-category-hair = Шаш үлгілері
preset-category-makeup = Макияж
preset-category-own = Өз сөзіңізбен
preset-category-restoration = Ескі фотолар
preset-category-retouch = Ретушь
preset-category-seasons = Жыл мезгілдері
preset-category-try-on = Киіп көру
style-category-work = Жұмыс және оқу
style-category-city = Қала
style-category-travel = Саяхат
style-category-art = Өнер
style-category-cinema = Кино
style-category-seasons = Жыл мезгілдері
style-category-fashion = Сән
style-category-fantasy = Қиял әлемі
style-category-holidays = Отбасы және мереке
setup =
    <b>Бастамас бұрын тексерейік</b>
    Аватар: { $name }
setup-vary = Негізі: өз суретіңіз. Жаңалары соған ұқсас болады.
setup-change = Негізі: өз суретіңіз, айтқаныңызша өзгереді.
setup-style = Стилі: { $style }
setup-words = Сөзі: <i>{ $words }</i>
setup-translate = Студия ағылшынша жақсы түсінеді: «Сөзді жақсарту» батырмасы аударып та береді.
setup-improving = Жақсырақ сөз іздеп жатырмын… Бірнеше секунд кетеді.
setup-shape = Пішімі: { $shape }, сурет саны: { $count }
setup-model = Моделі: { $model }. { $about }
setup-discount = Жоспарыңыз бойынша { $percent } % арзан, бұл есептелген.
setup-price =
    Бағасы: <b>{ $credits } кредит</b>. Сізде { $have } бар, { $left } қалады.
    Кредиттер қазір бөлініп қойылады, ал тек шыққан нәтиже үшін алынады.
setup-price-top-up =
    Бағасы: <b>{ $credits } кредит</b>. Сізде { $have } бар, бұл жетпейді.
    Балансты толтырыңыз: таңдағаныңыз күтіп тұрады да, содан кейін жалғасады.
setup-price-short = Бағасы: <b>{ $credits } кредит</b>. Сізде { $have } бар, бұл жетпейді.
setup-ask =
    <b>Суретте не болсын?</b>
    Орнын, киімін, көңіл күйін, жарығын сипаттаңыз. Бір-екі сөз де жетеді, ең көбі { $most } таңба.
setup-ask-style =
    <b>{ $style }: өзіңізден не қосасыз?</b>
    Мысалы, киімнің түсі, орны немесе көңіл күйі. Ең көбі { $most } таңба.
setup-ask-change =
    <b>Нені өзгертеміз?</b>
    Сурет қандай болуы керегін сипаттаңыз: не жаңа, не қалады. Ең көбі { $most } таңба.
setup-ask-now = Қазіргісі: <code>{ $words }</code>
making-title = <b>{ $name }: сурет жасап жатырмын ({ $count })</b>
making-uncertain = Студияның жұмысты бастаған-бастамағанын анықтап жатырмын. Кредиттеріңіз сақтаулы.
making-pending = Тапсырысты студияға беріп жатырмын.
making-processing = Студия жұмысқа кірісті.
making-moved-on = Жұмысты басқа студия алды, бағасы сол қалпында.
making-left = { $minutes ->
    [0] Бір минуттан аз қалды.
   *[other] Шамамен { $minutes } минут қалды.
} Чатты жаба беріңіз: суреттерді осында жіберемін.
making-write = Чатты жаба беріңіз: суреттерді осында жіберемін.
making-ask-cancel =
    <b>Тоқтатамыз ба?</b>
    Тоқтатылған тапсырыс үшін ештеңе алынбайды: { $credits } кредит өзіңізге қайтады. Егер суреттер осы арада дайын болып үлгерсе, оларды келісілген бағамен аласыз.
result-pick-vary = <b>Жаңалары қайсысына ұқсасын?</b>
result-pick-change = <b>Қайсысын өзгертеміз?</b>
gallery =
    <b>Галерея: { $count }</b>
    Нөмірін бассаңыз, суреті ашылады.
gallery-filter = Сүзгі: { $filter }
gallery-empty =
    <b>Суреттеріңіз осында болады</b>
    Әзірге жоқ. Алғашқысын жасаймыз ба?
gallery-page-empty = Бұл бетте енді ештеңе жоқ.
gallery-none =
    <b>Ештеңе табылмады</b>
    Сүзгі: { $filter }
gallery-pick-filter = <b>Нені көрсетейін?</b>
gallery-favourites = таңдаулы
gallery-avatar-gone = жойылған аватар
period-all = барлық уақыт
period-today = бүгінгі
period-week = соңғы 7 күн
period-month = соңғы 30 күн
product-picture = суреттер
product-edit = өңделген фото
product-character = жаңа бейнелер
product-speech = дыбыстау
product-video = видео
gallery-select =
    <b>Таңдалғаны: { $count }</b>
    Нөмірлер суретті қосады және алып тастайды; беттерді ауыстыруға болады.
gallery-ask-delete-chosen =
    <b>{ $count } сурет жойылсын ба?</b>
    Файлдарымен бірге біржола жойылады. Олар үшін кредит қайтарылмайды.
picture = <b>{ $name }</b> · { $on }
picture-made = { $model } · { $shape } · { $width }×{ $height }
picture-seed = Нұсқа нөмірі: <code>{ $seed }</code>
picture-price = Бағасы: { $credits } кредит
picture-kept = Таңдаулыда: мерзімсіз сақталады.
picture-expires = Сақталу мерзімі: { $on }. Таңдаулылар мерзімсіз қалады.
picture-ask-delete =
    <b>Бұл сурет жойылсын ба?</b>
    Файлымен бірге біржола жойылады. Ол үшін кредит қайтарылмайды.

## Edits

news-input-unusable = Бұл фотоны алу мүмкін болмады: файл тым үлкен, бүлінген немесе сурет емес. Басқасын жіберіңізші: JPEG, PNG не WebP, 20 МБ-қа дейін. Ештеңе алынған жоқ.
refusal-preset-gone = Бұл өңдеу енді жоқ. Басқасын таңдаңызшы. Ештеңе алынған жоқ.
button-edit-photo = Фотоны өңдеу
button-watch-edit = Өңделіп жатыр: { $title }
button-preset = { $title } · { $credits }
button-edit = Өңдеу: { $credits } кредит
button-other-photos = Басқа фото
button-edit-result = Өңдеу
button-edit-further = Әрі қарай өңдеу
button-before-after = Дейін және кейін
button-only-after = Тек нәтижесі
button-another-photo = Басқа фотомен дәл солай
notice-edit-enough = Фото жеткілікті, артығын алмадым. Басқасы керек болса, «Басқа фото» дегенді басыңыз.
notice-edit-first-photo = Мұнда сіз жібергеннен аз фото керек, сондықтан бірінші келгендерін алдым.
notice-edit-photo-first = Қазір маған фото керек: осында жіберіңізші.
notice-edit-runs = Фото өңделіп жатыр. Нәтижесін дайын болғанда осында жіберемін.
edit =
    <b>Фотоны қалай өңдейміз?</b>
    Дайынын таңдаңыз немесе нені өзгерту керегін жаза салыңыз. Фотодан бастауға да болады: осында жіберіңіз.
edit-looking =
    <b>Бір сәт, фотоны қарап жатырмын…</b>
    Әзірге оны қалай өңдейтінін таңдаңыз немесе нені өзгерту керегін жазыңыз.
edit-kept =
    <b>{ $count ->
        [one] Осы фотоны өңдейміз бе?
       *[other] Осы фотоларды өңдейміз бе?
    }</b>
    Қалай өңдейтінін таңдаңыз немесе нені өзгерту керегін жазыңыз.
edit-paused =
    <b>Фото өңдеу әзірге үзілісте</b>
    Сәл кейінірек келіңізші: ол қайта оралады. Ештеңе алынған жоқ.
edit-category =
    <b>{ $category }</b>
    Нені байқап көреміз? Түймеде бағасы кредитпен жазылған.
edit-preset =
    <b>{ $title }</b>
    { $about }
edit-takes-one = Бір фото керек. Оны қазір-ақ жіберуге болады.
edit-takes-two = Екі фото керек: алдымен өзгертетініміз, содан кейін тағы біреуі. { $second }
edit-takes-words = Және бірнеше сөз. { $ask }
edit-title = <b>{ $title }</b>
edit-photo-looking = Бір сәт, фотоны қарап жатырмын…
edit-photos-there = Керектің бәрі бар.
edit-send = Өңдейтін фотоны жіберіңіз: фото ретінде немесе файлмен.
edit-send-first = Екі фото керек. Алдымен өзгертетінін жіберіңіз.
edit-send-second = Бірінші фото бар, енді екіншісі. { $second }
edit-ask =
    { $ask }
    Ең көбі { $most } таңба.
edit-photos = { $count ->
    [one] Фотоңыз орнында.
   *[other] Екі фото да орнында.
}
edit-photos-gone = Бұрынғы фотолар менде жоқ. Қайта жіберіңізші: қалғаны сол күйінде. Ештеңе алынған жоқ.
edit-making = <b>{ $title }: фото өңделіп жатыр</b>
edit-left = { $minutes ->
    [0] Бір минуттан аз қалды.
   *[other] Шамамен { $minutes } минут қалды.
} Чатты жаба беріңіз: нәтижесін осында жіберемін.
edit-write = Чатты жаба беріңіз: нәтижесін осында жіберемін.
edit-ask-cancel =
    <b>Тоқтатамыз ба?</b>
    Тоқтатылған өңдеу үшін ештеңе алынбайды: { $credits } кредит өзіңізге қайтады. Егер нәтижесі осы арада дайын болып үлгерсе, оны келісілген бағамен аласыз.
edit-ready =
    <b>{ $made ->
        [0] Бұл жолы нәтиже шықпады
       *[other] Дайын: фотоңыз өңделді
    }</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит алынды.
    }
edit-withheld = Нәтиже қауіпсіздік тексеруінен өтпеді, ол үшін ештеңе алынбайды.
edit-failed =
    <b>Фотоны өңдеу мүмкін болмады</b>
    { $reason }
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
edit-canceled =
    <b>Тоқтатылды: фото сол күйінде қалды</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
edit-photos-unusable = Студия бұл фотоны ала алмады. Басқасын байқап көріңізші.
edit-compared = Сол жақта бұрынғысы, оң жақта қазіргісі.
edit-after = Міне, не шықты.
edit-made = { $width }×{ $height }
result-pick-edit = <b>Қайсысын өңдейміз?</b>

## Talking videos

news-voice-played = { $voice }: бұл дауыс осылай естіледі.
news-result-deleted = Біржола жойылды.
news-shown-again = Міне, алыңыз.
character-ready =
    <b>{ $made ->
        [0] Бұл жолы нәтиже шықпады
       *[other] Жаңа бейне дайын
    }</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит алынды.
    }
speech-ready =
    <b>{ $made ->
        [0] Бұл жолы нәтиже шықпады
       *[other] Тыңдап көріңіз: мәтін дыбысталды
    }</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит алынды.
    }
video-ready =
    <b>{ $made ->
        [0] Бұл жолы нәтиже шықпады
       *[other] Видеоңыз дайын
    }</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит алынды.
    }
character-failed =
    <b>Жаңа бейне шықпады</b>
    { $reason }
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
speech-failed =
    <b>Мәтінді дыбыстау мүмкін болмады</b>
    { $reason }
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
video-failed =
    <b>Видео шықпады</b>
    { $reason }
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
    Дыбыстау сізде қалады: ол галереяда, /gallery.
character-canceled =
    <b>Тоқтатылды: бейне сол күйінде қалды</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
speech-canceled =
    <b>Тоқтатылды: мәтін дыбысталмады</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
video-canceled =
    <b>Тоқтатылды: видео түсірілмеді</b>
    { $credits ->
        [0] Ештеңе алынған жоқ.
       *[other] { $credits } кредит қайтарылды.
    }
video-fault-photos-unusable = Студия бұл суретті ала алмады. Бір ғана бет анық, тура қарап тұрған сурет керек.
video-fault-content-rejected = Студияның ережелері бұған рұқсат бермейді. Басқа сөзді не басқа суретті байқап көріңіз.
video-fault-voice-gone = Бұл дауыс енді жоқ. Басқасын таңдаңызшы.
video-fault-text-too-long = Мұндай ұзын мәтінді бір жолы дыбыстау мүмкін емес. Қысқартыңызшы.
video-fault-sound-too-long = Дыбыстау видео ұзақтығынан асып кетті. Мәтінді қысқартыңызшы.
video-fault-sound-too-short = Дыбыстау видеоға тым қысқа. Бір-екі сөз қосыңызшы.
video-fault-provider-failed = Студияда ақау шықты, қайталап көру де көмектеспеді. Кейінірек байқап көріңіз.
video-fault-too-slow = Бұл тым ұзаққа созылды, сондықтан жұмысты тоқтаттым.
video-fault-result-broken = Нәтиже бүлініп келді. Қайта байқап көріңіз.
video-fault-uncertain = Студияның жұмысты алған-алмағанын анықтай алмадым, сондықтан бәрін тоқтаттым.
video-fault-provider-closed = Студия қазір жұмыс қабылдамайды. Бот иесіне хабарланды.
video-fault-ours = Біздің жақта бірдеңе бұзылды. Бот иесіне хабарланды.
refusal-character-gone = Бұл кейіпкер енді жоқ. Басқасын таңдаңызшы. Ештеңе алынған жоқ.
refusal-clip-gone = Бұл бейнеролик менде енді жоқ. Қайта жіберіңізші. Ештеңе алынған жоқ.
refusal-clip-too-large = Бұл бейнеролик 20 МБ-тан үлкен, мұндайды Telegram маған бермейді. Қысқарақ не жеңілірек қылып жіберіңізші.
refusal-clip-too-long = Бұл бейнеролик { $most } секундтан ұзын. Қысқарағын жіберіңізші.
refusal-no-room = Жаңа видеоға қазір орын жоқ, бот иесіне хабарланды. Ештеңе алынған жоқ. Сәл кейінірек байқап көріңізші.
refusal-speech-gone = Бұл дыбыстау енді жоқ: мәтінді қайта дыбыстау керек. Ештеңе алынған жоқ.
refusal-speech-too-long = Дыбыстау { $most } секундтан ұзын, ал видео ондай бола алмайды. Мәтінді қысқартыңыз немесе сөйлеуді тездетіңіз. Ештеңе алынған жоқ.
refusal-voice-gone = Бұл дауыс енді жоқ. Басқасын таңдаңызшы. Ештеңе алынған жоқ.
button-create-video = Сөйлейтін видео түсіру
button-watch-character = Жасалып жатыр: жаңа бейне
button-watch-speech = Мәтініңіз дыбысталып жатыр
button-watch-video = Видео түсіріліп жатыр
button-video-head = Сөйлейтін адам
button-video-over = Адам менің роликімнің үстінде
button-video-mine = Менің суреттерімнен
button-video-face = { $number }. { $name }, { $age }
button-video-change = Бірдеңесін өзгерту · { $credits }
button-video-original = Бастапқы түріне қайтару
button-video-again = Қайта көру
button-makeover = Өзгерту: { $credits } кредит
button-makeover-use = Осы бейнені алу
button-makeover-further = Тағы өзгерту
button-voice-listen = Тыңдау
button-script-keep = Осы мәтінді қалдыру
button-script-help = Мәтінге көмектесу
button-script-use = Осы мәтінді алу
button-script-speed = { $percent } %
button-script-speed-usual = әдеттегідей
button-script-voice = Басқа дауыс
button-script-text = Басқа мәтін
button-script-speak = Дыбыстау: { $credits } кредит
button-takes-use = Жақсы, әрі қарай
button-takes-again = Қайта тыңдау
button-takes-speed = Тезірек не баяуырақ
button-film-standard = Қалыпты
button-film-high = Жоғары
button-film-captions = Субтитрлер
button-film-several = Бірнешеуін жасау
button-film-more = Тағы кейіпкерлер
button-film-take = Дыбыстау { $number }
button-film-women = Әйелдерді көрсету
button-film-men = Ер адамдарды көрсету
button-film-chosen = Таңдап болдым
button-film-done = Әрі қарай · { $count }, { $credits }
button-film-clip = Басқа ролик жіберу
button-film-faces = Басқа адамды таңдау
button-film-speak = Қайта дыбыстау
button-film = { $count ->
    [1] Видео түсіру
   *[other] { $count } видео түсіру
}: { $credits } кредит
button-begin-change = Тағы өзгерту
button-begin-film = Осымен видео түсіру
button-begin-other-face = Басқа адаммен
button-begin-other-voice = Басқа дауыспен
button-shoot-watch = { $number }. { $name }: қалай?
button-shoot-open = { $number }. { $name }: ашу
button-shoot-why = { $number }. { $name }: не болды
notice-video-runs = Жұмыс жүріп жатыр. Дайын болғанда нәтижесін осында жіберемін.
notice-video-format-first = Алдымен қандай видео болатынын таңдаңызшы.
notice-clip-large = Бұл бейнеролик 20 МБ-тан үлкен, ал Telegram одан артығын жүктетпейді. Қысқарағын жіберіңіз немесе файл емес, видео ретінде жіберіңіз: сонда Telegram оны кішірейтеді.
notice-clip-long = Бұл бейнероликтің ұзақтығы { $seconds } секунд, ал ең көбі { $most } секунд болады. Жібермей тұрып Telegram ішінде қысқартыңызшы.
notice-clip-needed = Мұнда бейнеролик керек: адамның артында көрінетін көрініс.
notice-clip-no-use = Бейнеролик мұнда керек емес. Адамды өз роликіңіздің үстіне қою үшін /create ашыңыз.
notice-clip-unusable = Бұл бейнероликті алу мүмкін болмады: ол бүлінген, тым ұзын немесе видео емес. Басқасын жіберіңізші: MP4 не MOV. Ештеңе алынған жоқ.
notice-makeover-photo = Басқа фотоны алу үшін адамды таңдауға қайтыңызшы.
notice-makeover-over = Ол { $most } рет өзгертілді, одан артық болмайды. Осы бейнені алыңыз немесе бастапқысынан қайта бастаңыз.
notice-voice-first = Алдымен дауысты таңдаңызшы. Мәтін содан кейін.
notice-voice-replaced = Ол дауыс енді жоқ, сондықтан { $voice } сөйлейді. Ештеңе алынған жоқ; басқасын да таңдауға болады.
notice-script-empty = Айтуға болатын кемінде бір-екі сөз жазыңыз.
notice-script-long = Мұнда { $count } таңба, шамамен { $seconds } секунд, ал ең көбі { $most } таңба. Сәл қысқартыңызшы.
notice-script-text = Не айту керегін мәтінмен жазыңызшы.
notice-shoot-stop = Тоқтатқыңыз келген видеоны ашыңызшы.
notice-film-one = Бір адам мен бір дыбыстау қалуы керек.
notice-film-most = Осылай бір жолы { $most } видеодан асып кетеді. Алдымен біреуін алып тастаңыз.
video-paused =
    <b>Сөйлейтін видео әзірге үзілісте</b>
    Сәл кейінірек келіңізші: ол қайта оралады. Ештеңе алынған жоқ.
video =
    <b>Сөйлейтін видео</b>
    Адам мен дауысты таңдап, бірнеше сөйлем жазыңыз: сол адам соны айтып тұрған тік видео аласыз.
video-format-head =
    <b>Сөйлейтін адам</b>
    Суреттегідей өз ортасында. Секунды { $credits } кредиттен басталады.
video-format-over =
    <b>Адам сіздің роликіңіздің үстінде</b>
    Артында дүкеніңіз не тауарыңыз: { $most } секундқа дейінгі ролик. Секунды { $credits } кредиттен басталады.
video-begun = Қолдағыңыз осында пайдаланылады.
video-clip =
    <b>Адамның артында не болады?</b>
    Бейнеролик жіберіңіз: { $most } секунд пен 20 МБ-қа дейін, тігі жақсырақ. Мәтін ұзағырақ болса, ролик қайталанады.
video-clip-looking = Бір сәт, роликті қарап жатырмын…
video-clip-there =
    <b>Ролик орнында: { $length }</b>
    Басқасы керек болса, жібере салыңыз.
video-gender =
    <b>Кім сөйлейді?</b>
    Кейіпкерді таңдаңыз, өз суретіңізді алыңыз немесе осында адамның фотосын жібере салыңыз.
video-faces =
    <b>Кімді аламыз?</b>
    Өз фотоңызды да жіберуге болады.
video-face =
    <b>{ $name }, { $age }</b>
    { $about }
video-face-voice = Лайықты дауыс: { $voice }.
video-face-looking = Бір сәт, фотоны қарап жатырмын…
video-face-own =
    <b>Осы адам сөйлейді</b>
    Бір ғана бет анық, тура қарап тұрғаны дұрыс.
video-face-changed = <b>Жаңа бейне орнында</b>
video-face-gone = Бұл сурет менде енді жоқ. Қайта таңдаңызшы. Ештеңе алынған жоқ.
video-mine = <b>Қай суретіңіз сөйлейді?</b>
video-mine-empty = Суреттеріңіз әзірге жоқ. Оларды /pictures арқылы жасаңыз немесе фотоны осында жіберіңіз.
video-ask-delete =
    <b>Жоясыз ба?</b>
    Нәтиже мен оның файлы біржола жойылады. Оның бағасы қайтарылмайды.
video-length = Ұзақтығы: { $length }
gallery-character = Жаңа бейне
gallery-speech = Дыбыстау
gallery-video = Сөйлейтін видео
video-own-picture = Өз суреті
makeover-ask =
    <b>Нені өзгертеміз?</b>
    Өз сөзіңізбен жазыңыз: басқа киім, басқа орын, басқа шаш үлгісі. Ең көбі { $most } таңба.
makeover-order =
    <b>Осылай өзгертеміз бе?</b>
    <i>{ $words }</i>
makeover-rounds = Өзгерту саны: { $rounds } / { $most }.
character-making = <b>Жаңа бейне жасалып жатыр</b>
speech-making = <b>Мәтініңіз дыбысталып жатыр</b>
video-making = <b>Видеоңыз түсіріліп жатыр</b>
video-stage-lips = Ерінді сөзіңізге үйлестіріп жатырмын
video-stage-matte = Адамды фоннан бөліп жатырмын
video-stage-montage = Видеоны құрастырып жатырмын
video-ask-cancel =
    <b>Видеоны тоқтатамыз ба?</b>
    Тоқтатылған видео үшін ештеңе алынбайды: { $credits } кредит өзіңізге қайтады. Дыбыстау сізде қалады. Егер видео осы арада дайын болып үлгерсе, оны келісілген бағамен аласыз.
video-ask-cancel-step =
    <b>Тоқтатамыз ба?</b>
    Тоқтатылған жұмыс үшін ештеңе алынбайды: { $credits } кредит өзіңізге қайтады. Егер нәтижесі осы арада дайын болып үлгерсе, оны келісілген бағамен аласыз.
voices = <b>Кімнің дауысымен айтамыз?</b>
voice-line = <b>{ $title }</b>: { $about }
voice-line-usual = <b>{ $title }</b> (өткендегі таңдауыңыз): { $about }
script =
    <b>Не айтамыз?</b>
    Мәтінді осында жазыңыз: ең көбі { $most } таңба, { $seconds } секундқа дейін. Екі-үш сөйлем жеткілікті.
script-now =
    Қазіргісі:
    <i>{ $script }</i>
script-help =
    <b>Не туралы айтамыз?</b>
    Бірнеше сөз жазыңыз: не ұсынасыз, кімге және не істеу керек. Немесе өз мәтініңізді жіберіңіз, мен түзетіп беремін.
script-thinking = <b>Бір сәт, мәтінді ойланып жатырмын…</b>
script-found =
    <b>Мынадай мәтін қалай?</b>
    <i>{ $script }</i>
    
    Оны алып, кейін түзетуге болады. Немесе не туралы екенін қайта жазыңыз.
script-order =
    <b>Мәтін</b>
    <i>{ $script }</i>
script-voice = Дауыс: { $voice }
script-voice-gone = Дауыс: ол енді жоқ, басқасын таңдаңызшы
script-length = Таңба: { $count } / { $most }, шамамен { $seconds } секунд
script-too-long = Тым ұзын болып кетуі мүмкін: видео { $seconds } секундқа дейін болады.
takes =
    <b>Қалай естіледі?</b>
    Дауысты, мәтінді не қарқынды өзгертсеңіз, әдеттегі бағамен жаңа дыбыстау жасалады.
takes-line = { $number }. { $voice }, { $length }
takes-line-chosen = <b>{ $number }. { $voice }, { $length }</b>
takes-too-long = Бұл дыбыстау видеоға тым ұзын: { $seconds } секундқа дейін болады. Мәтінді қысқартыңыз немесе сөйлеуді тездетіңіз.
film = <b>{ $count ->
    [1] Видеоңыз
   *[other] Видеоларыңыз: { $count }
}</b>
film-format-head = Сөйлейтін адам
film-format-over = Адам сіздің роликіңіздің үстінде
film-faces = Экранда: { $names }
film-take = Дыбыстау: { $voice }, { $length }
film-quality-standard = Сапасы: қалыпты
film-quality-high = Сапасы: жоғары
film-quality-limit = Жоғары сапа { $seconds } секундқа дейінгі дыбыстауға арналған.
film-captions = Субтитрмен
film-apart = Әр видео бөлек есептеледі: біреуі шықпаса, ол үшін ештеңе алынбайды.
film-several =
    <b>Бірден бірнеше видео</b>
    Таңдаған әр адам әр дыбыстауды айтады: { $most } видеоға дейін.
film-several-voice = Басқа дауыс қосу үшін артқа қайтып, алдымен мәтінді сол дауыспен дыбыстаңыз.
film-several-price = Видео: { $count }, барлығы { $credits } кредит
film-more = <b>Тағы кім?</b>
shoot = <b>Жұмыстағы видео: { $count }</b>
shoot-done = <b>Видеоларыңыз: { $count } ішінен { $made } шықты</b>
shoot-line = { $number }. { $name }, { $length }: { $state }
shoot-stage-lips = сөзіңізді жаттап жатыр
shoot-stage-matte = фоннан бөлініп жатыр
shoot-stage-montage = құрастырылып жатыр
shoot-pending = жақында бастаймын
shoot-queue = кезекте { $place }-орында
shoot-percent = { $percent } %
shoot-uncertain = студиядан анықтап жатырмын
shoot-ready = дайын
shoot-failed = шықпады, ол үшін ештеңе алынбады
shoot-canceled = тоқтатылды
shoot-charged = Барлығы алынды: { $credits }
shoot-returned = Қайтарылды: { $credits }
sound-title = Дыбысталған мәтініңіз
sound-performer = Atelier
video-label = ЖИ көмегімен жасалған
