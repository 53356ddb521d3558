//! The short names of settings in the environment, and the names that mean nothing yet.

/// (Key, its names in the environment, the first of which counts most). A key that is a table takes
/// a JSON object with the table's keys.
pub(super) const SHORT: &[(&str, &[&str])] = &[
    ("bot.0.owners", &["ADMIN_IDS"]),
    ("bot.0.token", &["TELEGRAM_BOT_TOKEN", "BOT_TOKEN"]),
    ("credits.unlimited", &["UNLIMITED_PROCESSING"]),
    ("credits.welcome", &["INITIAL_BALANCE"]),
    ("feedback.chat_id", &["ADMIN_FEEDBACK_CHAT_ID"]),
    ("gpu.comfyui_url", &["COMFYUI_URL"]),
    ("gpu.health_check_url", &["COMFYUI_HEALTH_CHECK_URL"]),
    ("gpu.lock_path", &["GPU_LOCK_PATH"]),
    ("http.public_url", &["WEBHOOK_URL"]),
    ("objects.s3.access_key_id", &["R2_ACCESS_KEY_ID", "S3_ACCESS_KEY_ID", "MINIO_ACCESS_KEY_ID"]),
    ("objects.s3.bucket", &["R2_BUCKET_NAME", "S3_BUCKET_NAME", "MINIO_BUCKET_NAME"]),
    ("objects.s3.endpoint", &["R2_ENDPOINT_URL", "S3_ENDPOINT_URL", "MINIO_ENDPOINT_URL"]),
    ("objects.s3.region", &["R2_REGION", "S3_REGION", "MINIO_REGION"]),
    (
        "objects.s3.secret_access_key",
        &["R2_SECRET_ACCESS_KEY", "S3_SECRET_ACCESS_KEY", "MINIO_SECRET_ACCESS_KEY"],
    ),
    ("payments.yookassa.key", &["YUKASSA_API_KEY", "YOOKASSA_SECRET_KEY"]),
    ("payments.yookassa.shop_id", &["YUKASSA_SHOP_ID", "YOOKASSA_SHOP_ID"]),
    ("payments.yookassa.test_mode", &["YUKASSA_TEST_MODE"]),
    ("providers.elevenlabs.key", &["ELEVEN_API_KEY"]),
    ("providers.elevenlabs.test_mode", &["ELEVEN_TEST_MODE"]),
    ("providers.fal.key", &["FAL_API_KEY", "FALAI_API_TOKEN"]),
    ("providers.fal.test_mode", &["FAL_TRAINING_TEST_MODE"]),
    ("providers.fal.webhook_portrait_url", &["FAL_WEBHOOK_PORTRAIT_URL"]),
    ("providers.fal.webhook_style_url", &["FAL_WEBHOOK_STYLE_URL"]),
    ("providers.fal.webhook_url", &["FAL_WEBHOOK_URL"]),
    ("providers.replicate.key", &["REPLICATE_API_TOKEN"]),
    ("providers.replicate.test_mode", &["REPLICATE_TEST_MODE"]),
    ("redis.url", &["REDIS_URL"]),
    ("sandbox.request_prefix", &["FAL_TEST_REQUEST_PREFIX"]),
    ("sandbox.training_seconds", &["FAL_MOCK_TRAINING_DURATION"]),
    ("sandbox.webhooks", &["FAL_ENABLE_WEBHOOK_SIMULATION"]),
    ("store.address", &["DATABASE_URL"]),
    ("training.check_every_s", &["FAL_STATUS_CHECK_INTERVAL"]),
    ("training.override.balanced", &["FAL_PRESET_BALANCED"]),
    ("training.override.fast", &["FAL_PRESET_FAST"]),
    ("training.override.portrait.create_masks", &["FAL_PORTRAIT_CREATE_MASKS"]),
    ("training.override.portrait.learning_rate", &["FAL_PORTRAIT_LEARNING_RATE"]),
    ("training.override.portrait.steps", &["FAL_PORTRAIT_STEPS"]),
    ("training.override.portrait.subject_crop", &["FAL_PORTRAIT_SUBJECT_CROP"]),
    ("training.override.quality", &["FAL_PRESET_QUALITY"]),
    ("training.override.style.priority", &["FAL_DEFAULT_PRIORITY"]),
    ("training.override.style.steps", &["FAL_DEFAULT_ITERATIONS"]),
    ("training.time_limit_s", &["FAL_TRAINING_TIMEOUT"]),
];

/// Names that operators may have set and that nothing reads so far, with what they are for.
pub(super) const LATER: &[(&str, &str)] = &[
    ("FAL_AUTO_MODEL_SELECTION", "nothing: the catalog names the trainer of each kind"),
    ("FAL_DEFAULT_MODE", "nothing: the older trainer learns what the kind of training says"),
];
