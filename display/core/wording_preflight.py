"""The words of the preflight and of a spare screen; a part of `display.core.wording`."""

from __future__ import annotations

PREFLIGHT_TABLE: dict[str, tuple[str, str]] = {
    "sizes.advice": (
        'the smallest text is {reached} arc minutes high at {distance} m on {inches}" and {needed} are needed: '
        'mount the screen at {nearer} m or nearer, take one of {larger}" or larger',
        "أصغر نص ارتفاعه {reached} دقيقة قوسية من {distance} م على شاشة {inches} بوصة، والمطلوب {needed}: "
        "ثبّت الشاشة على {nearer} م أو أقرب، أو خذ شاشة {larger} بوصة أو أكبر",
    ),
    "sizes.fewer": (
        ", or set scale {scale}, which shows {columns} columns",
        "، أو اضبط scale على {scale} فتظهر {columns} أعمدة",
    ),
    "preflight.title": ("PREFLIGHT", "فحص ما قبل الافتتاح"),
    "preflight.press": ("PRESS ANY KEY", "اضغط أي مفتاح"),
    "preflight.touch": ("TOUCH THE SCREEN", "المس الشاشة"),
    "preflight.taken": ("TAKEN", "تم"),
    "preflight.guest": ("This screen is being checked", "هذه الشاشة قيد الفحص"),
    "preflight.line": ("PREFLIGHT · press any key", "فحص · اضغط أي مفتاح"),
    "preflight.line.touch": ("PREFLIGHT · touch the screen", "فحص · المس الشاشة"),
    "preflight.line.taken": ("PREFLIGHT · taken", "فحص · تم"),
    "preflight.picture": ("picture", "الصورة"),
    "preflight.sound": ("sound", "الصوت"),
    "preflight.sound.off": ("sound is off", "الصوت مغلق"),
    "preflight.sound.broken": ("NO SOUND", "لا صوت"),
    "preflight.key": ("key", "المفتاح"),
    "preflight.letters": ("{n} characters are missing", "{n} حروف ناقصة"),
    "preflight.small": ("letters too small from there", "الأحرف صغيرة من هناك"),
    "preflight.well": ("ALL IS WELL", "كل شيء جاهز"),
    "preflight.not_well": ("NOT READY", "غير جاهز"),
    "preflight.of": ("{n} of {m} well", "{n} من {m} جاهزة"),
    "preflight.names": ("{n} names cannot be shown as they should", "{n} أسماء لا تظهر كما يجب"),
    "preflight.dismiss": ("Any key closes this", "أي مفتاح يغلق هذا"),
    "preflight.no_hub": (
        "A preflight needs the hub, and there is none now",
        "الفحص يحتاج الخادم وهو غير متصل",
    ),
    "preflight.refused": ("The hub does no preflight: {why}", "الخادم لا يجري الفحص: {why}"),
    # What is wrong, by the word of heard.preflight.PROBLEMS
    "preflight.is.no_screen": ("no screen", "لا شاشة"),
    "preflight.is.gone": ("went away", "انقطعت"),
    "preflight.is.no_answer": ("no answer", "لا ترد"),
    "preflight.is.not_painted": ("nobody can see its picture", "صورتها لا تُرى"),
    "preflight.is.no_sound": ("no sound", "لا صوت"),
    "preflight.is.no_key": ("no key", "لا مفتاح"),
    "preflight.is.no_printer": ("does not print", "لا تطبع"),
    "preflight.is.sound_off": ("sound is off", "الصوت مغلق"),
    "preflight.is.glyphs": ("characters are missing", "حروف ناقصة"),
    "preflight.is.sizes": ("letters too small", "الأحرف صغيرة"),
    # A spare screen
    "spare.title": ("SPARE SCREEN", "شاشة احتياطية"),
    "spare.which": ("Whose place shall it take?", "مكان أي شاشة تأخذ؟"),
    "spare.none": ("The hub has no screens in its settings", "لا شاشات في إعدادات الخادم"),
    "spare.again": ("{n} again: this is {name} from now on", "{n} مرة أخرى: هذه {name} من الآن"),
    "spare.touch_again": ("Touch it again: this is {name} from now on", "المسها ثانية: هذه {name} من الآن"),
    "spare.hint": ("Digit, and the same again", "رقم ثم الرقم نفسه ثانية"),
    "preflight.role.prep": ("Kitchen screen", "شاشة المطبخ"),
    "preflight.role.board": ("Order board", "لوحة الطلبات"),
    "preflight.role.cart": ("Guest screen", "شاشة الضيف"),
    "preflight.role.expo": ("Expo", "التسليم"),
}
